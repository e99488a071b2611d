import { describe, expect, it } from 'vitest'
import { numberOf, pythonCode, stringOf, within } from '../../src/verify/guard-python.js'
import { emitted } from './emitted.js'

const TEXT = `"""What it is for."""


class Gate:
    """A gate."""

    @retry(3)
    def passes(self, value: float) -> bool:
        """Whether it passes."""
        return value >= limit("top", share=-0.5)
`
const read = (text: string) => pythonCode(emitted('src/a.py', text))

describe('code', () => {
  it('names functions with what is around them, without their notes', async () => {
    const { functions } = await read(TEXT)
    expect(functions.map(({ name, line, statements }) => [name, line, statements.length])).toEqual([
      ['Gate.passes', 8, 1],
    ])
    expect(functions[0]?.decorators.map(({ text }) => text)).toEqual(['@ retry ( 3 )'])
  })

  it('holds calls with what they are given', async () => {
    const call = (await read(TEXT)).calls.find(({ callee }) => callee === 'limit')
    expect([call?.scope, stringOf(call?.positional[0]), numberOf(call?.keywords.get('share'))]).toEqual([
      'Gate.passes',
      'top',
      -0.5,
    ])
  })

  it('reads the same whatever its layout', async () => {
    const other = TEXT.replace(
      'limit("top", share=-0.5)',
      '(  # a note\n            limit(\n                "top",\n                share=-0.5\n            )\n        )',
    )
    expect((await read(other)).root.text).toBe((await read(TEXT)).root.text)
  })

  it('binds `not` closer than `or`, and as brackets say', async () => {
    const first = async (text: string) => (await read(`x = ${text}\n`)).root.children[0]?.children[2]?.type
    expect([await first('not a or b'), await first('not (a or b)'), await first('not a > 1')]).toEqual([
      'BinaryExpression',
      'UnaryExpression',
      'UnaryExpression',
    ])
  })

  it('gives every node inside', async () => {
    expect(within((await read(TEXT)).root).filter(({ type }) => type === 'CompareOp')).toHaveLength(1)
  })
})
