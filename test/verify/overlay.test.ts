// A change is blamed for what it breaks, near and far, and for nothing else.
import { beforeAll, describe, expect, it } from 'vitest'
import type { CheckResult, EmittedFile } from '../../src/types.js'
import { type Change, laidOver } from '../../src/verify/change.js'
import { overlayJudge } from '../../src/verify/overlay.js'
import { filesOf, platformOf } from '../emitted/platforms.js'

let files: readonly EmittedFile[] = []
let judge: (overlay: Change) => Promise<CheckResult[]>
beforeAll(async () => {
  const platform = await platformOf({ example: 'churn-telecom', maturity: 5 })
  files = filesOf(platform)
  judge = overlayJudge(files, platform.contract)
}, 60_000)
const file = (path: string): EmittedFile => {
  const found = files.find((one) => one.path === path)
  if (found === undefined) throw new Error(`no ${path}`)
  return found
}
const edited = (path: string, find: string | RegExp, put: string): Change => {
  const before = file(path)
  const content = before.content.replace(find, put)
  expect(content).not.toBe(before.content)
  return { files: [{ ...before, content }], removed: [] }
}

const said = (results: readonly CheckResult[]) =>
  results.map(({ check, file: where, reason }) => `${check} ${where}: ${reason}`)

const TRAIN = 'src/ml_platform/stages/train.py'

describe('a change of a platform', () => {
  it('is no fault where it is sound', async () => {
    const readme = file('README.md')
    const sound: Change = { files: [{ ...readme, content: `${readme.content}\nOne more line.\n` }], removed: [] }
    expect(said(await judge(sound))).toEqual([])
    expect(said(await judge({ files: [], removed: [] }))).toEqual([])
  })

  it('is blamed for what its own file does wrong', async () => {
    const found = await judge(edited('Makefile', /^/, '  broken\n'))
    expect(said(found).join('\n')).toMatch(/^makefile\/\S+ Makefile: /)
  })

  it('is blamed for what only another file shows: a document that is gone, a name that nobody has', async () => {
    const gone = files.find(({ path }) => path.startsWith('docs/runbooks/') && path.endsWith('.md'))
    expect(said(await judge({ files: [], removed: [gone?.path ?? ''] })).length).toBeGreaterThan(0)
    const renamed = edited(
      'src/ml_platform/stages/train.py',
      /^from ml_platform\.\S+ import \w+/m,
      'from ml_platform.nowhere import nobody',
    )
    expect((await judge(renamed)).length).toBeGreaterThan(0)
  })

  it('is blamed for a test of rules that no longer passes, whichever of the two was changed', async () => {
    const rules = 'deploy/charts/monitoring/rules/delivery.yaml'
    const test = 'deploy/charts/monitoring/tests/delivery.test.yaml'
    for (const change of [
      edited(rules, 'for: 1h', 'for: 2h'),
      edited(test, 'alertname: CommitNotDeployed', 'alertname: ApplicationUnhealthy'),
    ])
      expect(said(await judge(change)).join('\n')).toMatch(
        /^prometheus\/tests deploy\/charts\/monitoring\/tests\/delivery/m,
      )
  }, 60_000)

  it('is blamed for a file that nothing checks, and for one that nothing uses', async () => {
    const like = file(TRAIN)
    const strange = { ...like, path: 'src/ml_platform/model.bin2', content: 'a\n' }
    const orphan = { ...like, path: 'src/ml_platform/stages/unused.py', content: '"""Says nothing."""\n' }
    const found = said(await judge({ files: [strange, orphan], removed: [] })).join('\n')
    expect(found).toMatch(/level\/kept src\/ml_platform\/model\.bin2: the file reaches none and not L1/)
    expect(found).toMatch(/wired\/\S+ src\/ml_platform\/stages\/unused\.py/)
  })

  it('leaves the platform as it was', () => {
    const count = files.length
    expect(laidOver(files, { files: [], removed: ['README.md'] })).toHaveLength(count - 1)
    expect(files).toHaveLength(count)
  })
})
