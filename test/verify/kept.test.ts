import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../../src/record/memory.js'
import type { CheckResult, EmittedFile } from '../../src/types.js'
import type { Check } from '../../src/verify/check.js'
import { nothingBeside, runChecks, verdicts } from '../../src/verify/check.js'
import { keptVerdicts } from '../../src/verify/kept.js'
import { temporaryFolder } from '../temporary.js'

const recorded = (): string => {
  const root = temporaryFolder('kept')
  mkdirSync(join(root, '.mlops-agents'))
  writeFileSync(join(root, '.mlops-agents', '.gitignore'), '*\n')
  return root
}
const file = (path: string, content: string, deliverable = 'training'): EmittedFile => ({
  path,
  content,
  deliverable,
  mode: '100644',
  components: [],
  documentation: false,
})
const sound = async () => true

/** A check that counts how often it is asked. */
function counting(beside?: Check['beside']) {
  const asked: string[] = []
  const check: Check = {
    name: 'toml/word',
    level: 'L0',
    kinds: ['toml'],
    ...(beside === undefined ? {} : { beside }),
    async run(files) {
      const say = verdicts(this, { tool: 'word', version: '1' })
      asked.push(files.map(({ path }) => path).join())
      return files.map((one) => (one.content.includes('bad') ? say.fail(one, 'bad') : say.pass(one)))
    },
  }
  return { check, asked }
}

async function judge(root: string, check: Check, files: EmittedFile[], build = 'one', kept = sound) {
  const verdictsOf = keptVerdicts(openMemory(root, 'checks.json'), build)
  const results = await runChecks(files, [check], files, { recall: verdictsOf.recall })
  await verdictsOf.save(kept)
  return results.filter((one) => one.check === check.name).map(({ status }) => status)
}

describe('kept verdicts', () => {
  it('are asked for once in a run, also where nothing is kept', async () => {
    const { check, asked } = counting()
    const { recall, save } = keptVerdicts(undefined, '')
    const files = [file('a.toml', 'x = 1\n')]
    for (let time = 0; time < 2; time++) await runChecks(files, [check], files, { recall })
    await save(sound)
    await runChecks([file('a.toml', 'bad\n')], [check], [file('a.toml', 'bad\n')], { recall })
    expect(asked).toEqual(['a.toml', 'a.toml'])
  })

  it('are not asked for again while nothing changed', async () => {
    const root = recorded()
    const { check, asked } = counting()
    expect(await judge(root, check, [file('a.toml', 'x = 1\n')])).toEqual(['pass'])
    expect(await judge(root, check, [file('a.toml', 'x = 1\n')])).toEqual(['pass'])
    expect(asked).toEqual(['a.toml'])
  })

  it.each([
    ['another content', file('a.toml', 'bad\n'), 'one'],
    ['another owner', file('a.toml', 'x = 1\n', 'serving'), 'one'],
    ['another path', file('b.toml', 'x = 1\n'), 'one'],
    ['another build', file('a.toml', 'x = 1\n'), 'two'],
  ])('do not speak for %s', async (what, changed, build) => {
    const root = recorded()
    const { check, asked } = counting()
    await judge(root, check, [file('a.toml', 'x = 1\n')])
    expect(await judge(root, check, [changed], build)).toEqual([what === 'another content' ? 'fail' : 'pass'])
    expect(asked).toHaveLength(2)
  })

  it('depend on what the check reads beside its files', async () => {
    const [whole, alone] = [counting(), counting(nothingBeside)]
    for (const { check } of [whole, alone]) {
      const root = recorded()
      await judge(root, check, [file('a.toml', 'x = 1\n'), file('README.md', '# One\n')])
      await judge(root, check, [file('a.toml', 'x = 1\n'), file('README.md', '# Two\n')])
    }
    expect(whole.asked).toHaveLength(2)
    expect(alone.asked).toHaveLength(1)
  })

  it.each([
    ['a changed byte', (text: string) => text.replace('"fail"', '"pass"')],
    ['a missing end', (text: string) => text.slice(0, -3)],
    ['nothing left', () => ''],
  ])('with %s are asked for again', async (_, damage) => {
    const root = recorded()
    const { check, asked } = counting()
    await judge(root, check, [file('a.toml', 'bad\n')])
    const memory = join(root, '.mlops-agents', 'memory', 'checks.json')
    const before = readFileSync(memory, 'utf8')
    writeFileSync(memory, damage(before))
    expect(readFileSync(memory, 'utf8')).not.toBe(before)
    expect(await judge(root, check, [file('a.toml', 'bad\n')])).toEqual(['fail'])
    expect(asked).toHaveLength(2)
  })

  it('in a text of another shape are none', async () => {
    const root = recorded()
    const { check, asked } = counting()
    await openMemory(root, 'checks.json').write('{"toml/word":true}')
    expect(await judge(root, check, [file('a.toml', 'x = 1\n')])).toEqual(['pass'])
    expect(asked).toHaveLength(1)
  })

  it('are not kept from a run that was not sound, nor where a check broke', async () => {
    const root = recorded()
    const { check, asked } = counting()
    await judge(root, check, [file('a.toml', 'x = 1\n')], 'one', async () => false)
    await judge(root, check, [file('a.toml', 'x = 1\n')])
    expect(asked).toHaveLength(2)
    let broken = 0
    const breaks: Check = {
      name: 'toml/broken',
      level: 'L0',
      kinds: ['toml'],
      run: (): Promise<CheckResult[]> => {
        broken += 1
        throw new Error('out of memory')
      },
    }
    await judge(root, breaks, [file('a.toml', 'x = 1\n')])
    expect(await judge(root, breaks, [file('a.toml', 'x = 1\n')])).toEqual(['fail'])
    expect(broken).toBe(2)
  })

  it('of one check stay when another one is asked alone', async () => {
    const root = recorded()
    const { check, asked } = counting()
    await judge(root, check, [file('a.toml', 'x = 1\n')])
    await judge(root, { ...counting().check, name: 'toml/other' }, [file('a.toml', 'x = 1\n')])
    await judge(root, check, [file('a.toml', 'x = 1\n')])
    expect(asked).toHaveLength(1)
  })
})
