import { describe, expect, it } from 'vitest'
import { loosened, sameShape } from '../../src/verify/guard-conditions.js'
import { type Code, pythonCode } from '../../src/verify/guard-python.js'
import { emitted } from './emitted.js'

async function condition(text: string): Promise<Code> {
  const { root } = await pythonCode(emitted('src/a.py', `assert ${text}\n`))
  const found = root.children[0]?.children[1]
  if (found === undefined) throw new Error(`no condition in ${text}`)
  return found
}

const eased = async (was: string, is: string, wanted = true) =>
  loosened(await condition(was), await condition(is), wanted)

describe('a condition that must hold', () => {
  it.each([
    ['value >= 0.8', 'value >= 0.7', '0.8 became 0.7'],
    ['value <= bound', 'value <= bound * 2', '"bound" became "bound * 2"'],
    ['value <= bound - 1', 'value <= bound - 0', '1 became 0'],
    ['0.8 < value', '0.8 <= value', '"<" became "<="'],
    ['value > 0', 'value < 0', '">" became "<"'],
    ['a and b', 'a', 'a part of'],
    ['a > 1', 'a > 1 or forced', 'has a way round it'],
    ['not broken', 'not broken or late', 'has a way round it'],
    ['a > 1', 'True', 'always True'],
    ['a > 1', 'a', 'compares nothing'],
    ['a == 1', 'a is not None', 'only whether there is something'],
    ['x == approx(y, abs=1e-9)', 'x == approx(y, abs=0.1)', '1e-9 became 0.1'],
  ])('%s is easier as %s', async (was, is, why) => {
    expect(await eased(was, is)).toContain(why)
  })

  it.each([
    ['value >= 0.8', 'value >= 0.9'],
    ['value >= 0.8', 'value > 0.8'],
    ['value <= bound', 'value <= bound / 2'],
    ['a > 1', 'a > 1 and b'],
    ['a > 1 or b', 'a > 1'],
    ['measured <= most', 'found <= most'],
    ['x == approx(y, abs=1e-9)', 'x == approx(y, abs=1e-12)'],
    ['x == 3', 'x == 4'],
  ])('%s is no easier, or nobody can tell, as %s', async (was, is) => {
    expect(await eased(was, is)).toBeUndefined()
  })
})

describe('a condition that must not hold', () => {
  it.each([
    ['rows < 100', 'rows < 10', '100 became 10'],
    ['share > 0.1', 'share > 0.5', '0.1 became 0.5'],
    ['a or b', 'a', 'a part of'],
    ['a > 1', 'a > 1 and strict', 'has a way round it'],
    ['a > 1', 'False', 'always False'],
    ['not a > 1', 'not a > 0', '1 became 0'],
  ])('%s is easier to get past as %s', async (was, is, why) => {
    expect(await eased(was, is, false)).toContain(why)
  })

  it.each([
    ['rows < 100', 'rows < 1000'],
    ['a > 1', 'a > 1 or b'],
    ['a > 1', 'a >= 1'],
  ])('%s is no easier to get past as %s', async (was, is) => {
    expect(await eased(was, is, false)).toBeUndefined()
  })
})

it('sees through names of variables, and not through their order', async () => {
  expect(sameShape(await condition('a - b > 1'), await condition('x - y > 1'))).toBe(true)
  expect(sameShape(await condition('a - b > a'), await condition('x - y > y'))).toBe(false)
})
