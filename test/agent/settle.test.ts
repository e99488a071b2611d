// What goes back to the baseline is as little as it takes, and each file says why.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settle, type Work } from '../../src/agent/settle.js'
import type { CheckResult } from '../../src/types.js'

const fails = (reason: string, file?: string): CheckResult => ({
  check: 'a/check',
  level: 'L1',
  status: 'fail',
  tool: 'tool',
  version: '1',
  reason,
  ...(file === undefined ? {} : { file }),
})
type Rule = (work: Work) => readonly CheckResult[]
const run = async (paths: readonly string[], rule: Rule, removed: readonly string[] = []) => {
  const work = { files: new Map(paths.map((path) => [path, `new ${path}`])), removed, contract: [] }
  let judged = 0
  const judge = async (some: Work) => {
    judged++
    return rule(some)
  }
  const settled = await settle(work, rule(work), judge)
  return { kept: [...settled.files.keys()], removed: settled.removed, dropped: settled.dropped, judged }
}
const when = (isSo: boolean, failure: CheckResult) => (isSo ? [failure] : [])

describe('settling', () => {
  it('drops nothing that nobody blames', async () => {
    expect(await run(['a', 'b'], () => [])).toEqual({ kept: ['a', 'b'], removed: [], dropped: [], judged: 0 })
  })
  it('drops the file that fails', async () => {
    const result = await run(['a', 'b', 'c'], ({ files }) => when(files.has('b'), fails('is bad', 'b')))
    expect(result).toMatchObject({ kept: ['a', 'c'], dropped: [{ path: 'b', reason: 'a/check: is bad' }], judged: 1 })
  })
  it('drops the file that a failure elsewhere names', async () => {
    const rule: Rule = ({ files }) => when(files.has('conf/a.yaml'), fails('conf/a.yaml no longer gives x', 'other.py'))
    expect(await run(['conf/a.yaml', 'a.yaml', 'b'], rule)).toMatchObject({
      kept: ['a.yaml', 'b'],
      dropped: [{ path: 'conf/a.yaml', reason: 'a/check: other.py: conf/a.yaml no longer gives x' }],
    })
  })
  it('finds the one to blame where no failure says it', async () => {
    const rule: Rule = ({ files }) => when(files.has('c'), fails('something is off'))
    expect(await run(['a', 'b', 'c', 'd'], rule)).toMatchObject({ kept: ['a', 'b', 'd'], dropped: [{ path: 'c' }] })
  })
  it('drops what only a dropped file held up', async () => {
    // b needs the new a; the new a is bad.
    const rule: Rule = ({ files }) => [
      ...when(files.has('a'), fails('is bad', 'a')),
      ...when(files.has('b') && !files.has('a'), fails('a is missing', 'b')),
    ]
    expect(await run(['a', 'b', 'c'], rule)).toMatchObject({ kept: ['c'], dropped: [{ path: 'a' }, { path: 'b' }] })
  })
  it('takes back what was dropped for the fault of another', async () => {
    // The message blames both, but one is enough.
    const rule: Rule = ({ files }) =>
      files.has('a') && files.has('b') ? [fails('twice', 'a'), fails('twice', 'b')] : []
    const { kept, dropped } = await run(['a', 'b'], rule)
    expect(kept).toHaveLength(1)
    expect(dropped).toHaveLength(1)
  })
  it('takes back a deletion', async () => {
    const rule: Rule = ({ removed }) => when(removed.includes('gone'), fails('is needed', 'gone'))
    expect(await run(['a'], rule, ['gone', 'other'])).toMatchObject({
      kept: ['a'],
      removed: ['other'],
      dropped: [{ path: 'gone' }],
    })
  })
  it('gives up everything where nothing less will do, and looks a bounded number of times', async () => {
    const paths = Array.from({ length: 200 }, (_, i) => `f${i}`)
    const { kept, judged } = await run(paths, ({ files }) => when(files.size > 0, fails('no')))
    expect(kept).toEqual([])
    expect(judged).toBeLessThanOrEqual(31)
  })
  it('always ends with what the judge accepts, and keeps what it could keep', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const subset = fc.subarray(names, { minLength: 1 })
    // Each rule: these must not stand together; the failure blames one of them, another file, or nobody.
    const rules = fc.array(fc.tuple(subset, fc.option(fc.constantFrom(...names, 'elsewhere'))), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(rules, async (all) => {
        const rule: Rule = ({ files }) =>
          all.flatMap(([together, blamed]) =>
            when(
              together.every((path) => files.has(path)),
              fails('no', blamed ?? undefined),
            ),
          )
        const { kept, dropped } = await run(names, rule)
        const accepted = (paths: readonly string[]) =>
          rule({ files: new Map(paths.map((path) => [path, ''])), removed: [], contract: [] }).length === 0
        expect(accepted(kept)).toBe(true)
        expect([...kept, ...dropped.map(({ path }) => path)].sort()).toEqual(names)
        // Nothing that was dropped could come back alone.
        for (const { path } of dropped) expect(accepted([...kept, path])).toBe(false)
      }),
    )
  })
})
