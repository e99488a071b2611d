// What both the user and the design changed, played to its end: the reasons of both, the resolution by hand, and that all goes on rightly then.
import { expect, it } from 'vitest'
import { user, write } from '../workspace/scratch.js'
import { commitAll, contents, designed, type Player } from './playing.js'

const text = (one: Player, path: string): string => contents(one.root).get(path) ?? ''

/** Both sides of every conflict, as a person might decide. */
function resolveByHand(one: Player): void {
  expect(() => user(one.root, 'merge', '-q', 'mlops-agents/generated')).toThrow()
  for (const path of user(one.root, 'diff', '--name-only', '--diff-filter=U', '-z').split('\0').filter(Boolean))
    write(one.root, path, text(one, path).replace(/^(<<<<<<<|=======|>>>>>>>).*\n/gm, ''))
  commitAll(one.root, 'resolved')
}

it('a conflict that a person resolved is over: status and design see nothing to do, and later designs merge', async () => {
  const one = await designed()
  write(one.root, 'docs/store.md', '# Store\n\nOurs is in a drawer.\n')
  commitAll(one.root, 'where it is')
  const met = await one.design({ featureStore: 'custom' })
  expect(met.code).toBe(4)
  expect(met.error).toMatch(/docs\/store\.md: you and the new design changed the same lines/)
  expect(met.error).toMatch(/you +[0-9a-f]+ where it is \(Ada\)\n +design +store, attempt 2: .*feature_store/)
  expect(met.error).toMatch(/Merge the branch yourself \(git merge mlops-agents\/generated\), resolve, commit/)
  expect((await one.status()).out).toMatch(/Your branch has not got the newest \d+ of mlops-agents\/generated/)

  resolveByHand(one)
  expect(text(one, 'docs/store.md')).toMatch(/Ours is in a drawer\./)
  expect(text(one, 'docs/store.md')).toMatch(/a table of our own/)
  expect((await one.status()).out).toMatch(/ 0 stale/)
  expect((await one.status()).out).not.toMatch(/has not got/)
  expect(await one.resume()).toMatchObject({ code: 0 })
  const tips = user(one.root, 'for-each-ref')
  expect(await one.design()).toMatchObject({ code: 0 })
  expect(user(one.root, 'for-each-ref')).toBe(tips)

  expect(await one.design({ deploymentMode: 'batch' })).toMatchObject({ code: 0 })
  expect(contents(one.root).has('src/batch.py')).toBe(true)
  expect(text(one, 'docs/store.md')).toMatch(/Ours is in a drawer\./)
})

it('an own entry in a file that is merged from fragments survives a change of the fragments', async () => {
  const one = await designed()
  const before = text(one, 'conf/settings.yaml')
  write(one.root, 'conf/settings.yaml', before.replace('\n', '\nour_own: 7\n'))
  commitAll(one.root)
  expect(await one.design({ featureStore: 'custom', deploymentMode: 'batch' })).toMatchObject({ code: 0 })
  expect(text(one, 'conf/settings.yaml')).toMatch(/^our_own: 7$/m)
  const theirs = user(one.root, 'show', 'mlops-agents/generated:conf/settings.yaml')
  expect(theirs).not.toBe(before)
  for (const line of theirs.trim().split('\n')) expect(text(one, 'conf/settings.yaml')).toContain(line)
})

it('an own line in a file that another deliverable patches survives, and so does the patch', async () => {
  const one = await designed()
  write(one.root, 'src/settings.py', `# ours\n${text(one, 'src/settings.py')}`)
  commitAll(one.root)
  const latency = text(one, 'spec.yaml').replace(/(latency_ms:\n {4}value: )200/, '$190')
  write(one.root, 'spec.yaml', latency)
  commitAll(one.root)
  expect(await one.design({ featureStore: 'custom', deploymentMode: 'batch' })).toMatchObject({ code: 0 })
  expect(text(one, 'src/settings.py')).toMatch(/^# ours\n/)
  expect(text(one, 'src/settings.py')).toMatch(/LIMIT = 250/)
})
