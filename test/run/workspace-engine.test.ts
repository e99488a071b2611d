// The engine on a real workspace: what reaches the person's branch, and when.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Agents, NewCommit } from '../../src/run/engine.js'
import type { ToMake } from '../../src/run/plan.js'
import { planPlatform } from '../../src/run/platform.js'
import { presentFiles } from '../../src/run/present-files.js'
import { openEngine, workspaceFiles } from '../../src/run/workspace-engine.js'
import { definitions, platformOf } from '../emitted/platforms.js'
import { home, read, scratch, user, write } from '../workspace/scratch.js'

const platform = await platformOf({ example: 'churn-telecom', maturity: 1, options: {} })
const [first, second] = planPlatform(definitions, platform, new Map()).filter(
  (item): item is ToMake => item.kind === 'make',
)
const attempt = (item: ToMake | undefined): NewCommit[] =>
  item === undefined ? [] : [{ item, files: item.baseline.files, level: 'L1' }]

async function opened(agents: boolean) {
  const root = scratch()
  const engine = await openEngine({
    platform,
    state: {
      ...{ root, repository: false, unfinished: false, unmerged: 0 },
      ...{ previous: new Map(), latest: new Map(), amendments: new Map(), reviews: [] },
    },
    env: home(),
    emit: () => undefined,
    notice: () => undefined,
    level: 'L1',
    clock: Date.now,
    signal: new AbortController().signal,
    check: async () => [],
    checkPlatform: async (results) => results,
    present: presentFiles(workspaceFiles(platform), platform),
    judge: () => async () => [],
    // Nothing is asked here: that there are agents is what counts.
    ...(agents ? { agents: () => ({ spent: () => new Map() }) as unknown as Agents } : {}),
  })
  await engine.begin({ type: 'run-start', workspace: root, maturity: 1, options: {} })
  return { root, engine }
}
const subjects = (root: string, branch: string) =>
  user(root, 'log', '--format=%s', '--reverse', branch, '--')
    .trim()
    .split('\n')
    .map((line) => line.split(':')[0])

it('records and merges what a run without models makes all at once, at its end', async () => {
  const { root, engine } = await opened(false)
  await engine.recordSpec()
  engine.commit(attempt(first))
  await engine.merge()
  expect(user(root, 'for-each-ref')).toBe('')
  engine.commit(attempt(second))
  await engine.finishMerge()
  await engine.close()
  const made = ['spec', first?.placed.deliverable.id, second?.placed.deliverable.id]
  expect(subjects(root, 'mlops-agents/generated')).toEqual(made)
  expect(subjects(root, 'HEAD')).toEqual(made)
})

it('keeps what was made by then where such a run ends early', async () => {
  const { root, engine } = await opened(false)
  await engine.recordSpec()
  engine.commit(attempt(first))
  await engine.keep()
  await engine.close()
  expect(subjects(root, 'HEAD')).toEqual(['spec', first?.placed.deliverable.id])
  expect(read(root, 'spec.yaml')).toBe(platform.texts.spec)
})

it('leaves alone what a person commits to spec.yaml while agents are at work', async () => {
  const { root, engine } = await opened(true)
  await engine.recordSpec()
  const edited = readFileSync(`${root}/spec.yaml`, 'utf8').replace(/^/, '# Mine.\n')
  write(root, 'spec.yaml', edited)
  user(root, 'commit', '-qam', 'mine')
  engine.commit(attempt(first))
  await engine.merge()
  engine.commit(attempt(second))
  await engine.finishMerge()
  await engine.close()
  expect(read(root, 'spec.yaml')).toBe(edited)
  expect(user(root, 'status', '--porcelain')).toBe('')
})
