// What a workspace holds while its generated branch is ahead of the user's: a decision that waits is not an edit that takes it back.
import { expect, it } from 'vitest'
import { user, write } from '../workspace/scratch.js'
import { commitAll, contents, copied, designed } from './playing.js'

/** The store was changed and taken back; the user had edited what goes, so that neither files nor spec.yaml came back yet. */
const conflicting = copied(async () => {
  const one = await designed()
  await one.design({ featureStore: 'custom' })
  write(one.root, 'docs/store.md', '# Store\n\nOurs is in a drawer.\n')
  commitAll(one.root)
  expect(await one.undo()).toMatchObject({ code: 4 })
  expect(contents(one.root).get('spec.yaml')).toMatch(CUSTOM)
  return one
})

const CUSTOM = /feature_store:\n {4}value: custom/
const FEAST = /feature_store:\n {4}value: feast/
const decided = (root: string) => user(root, 'show', 'mlops-agents/generated:spec.yaml')

it('a design with nothing new to say stays at the decision that waits for its conflict, and calls it no edit', async () => {
  const one = await conflicting()
  const [spec, at] = [decided(one.root), user(one.root, 'rev-parse', 'mlops-agents/generated')]
  expect(spec).toMatch(FEAST)
  expect((await one.status()).out).toMatch(/ 0 stale/)
  const again = await one.design()
  expect(again.code).toBe(4)
  expect(again.error).toMatch(/docs\/store\.md/)
  expect(decided(one.root)).toBe(spec)
  expect(user(one.root, 'rev-parse', 'mlops-agents/generated')).toBe(at)
})

it('an edit of spec.yaml in the meantime counts beside the decision that waits', async () => {
  const one = await conflicting()
  const spec = contents(one.root).get('spec.yaml') ?? ''
  write(one.root, 'spec.yaml', spec.replace(/(latency_ms:\n {4}value: )200/, '$190'))
  commitAll(one.root, 'faster')
  expect(await one.design()).toMatchObject({ code: 4 })
  expect(decided(one.root)).toMatch(/latency_ms:\n {4}value: 90/)
  expect(decided(one.root)).toMatch(FEAST)
})
