// What agents propose for the contract, from the reply to the files of others. The model is a script.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SUBMISSION } from '../agent/scripted.js'
import { lastingFolder } from '../temporary.js'
import type { Asked, Reply } from './model-server.js'
import { git } from './product.js'
import { DESIGN, MODEL, place, same, talkingRoot } from './talking.js'

const ELSEWHERE = { uri: 's3://elsewhere', description: 'All  of it' }
const proposing = (entry: string, value: object): Reply => ({
  submit: { ...SUBMISSION, contract: [{ entry, value: JSON.stringify(value), reason: 'The text names it.' }] },
})
const moved = ({ deliverable }: Asked): Reply =>
  deliverable === 'store' ? proposing('buckets.data', ELSEWHERE) : same()
const ALL = [...DESIGN, ...MODEL, '--budget', 'none']
const read = (cwd: string, path: string) => readFileSync(join(cwd, 'w', path), 'utf8')

describe('an amendment of the contract', () => {
  it('is in the contract, in the files of those who read it, and in what later agents are shown', async () => {
    const { run, cwd, server } = await place(moved)
    const { code, stdout, stderr } = await run(...ALL)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/store: .*contract: buckets\.data/)
    expect(read(cwd, 'contract.yaml')).toContain('data: {owner: store, uri: s3://elsewhere, description: All of it}')
    expect(read(cwd, 'docs/shape.md')).toContain('Read from s3://elsewhere.')
    const shape = server.asked.find(({ deliverable }) => deliverable === 'shape')
    expect(shape?.text).toContain('Read from s3://elsewhere.')
    const log = git(join(cwd, 'w'), 'log', '--format=%B', 'mlops-agents/generated')
    expect(log).toMatch(/^Contract: buckets\.data = \{"uri":"s3:\/\/elsewhere","description":"All of it"\}$/m)
    expect(git(join(cwd, 'w'), 'status', '--porcelain')).toBe('')
  })

  it('holds for every command after it, which asks nothing again', async () => {
    const { run, cwd, server } = await place(moved)
    await run(...ALL)
    const [asked, before] = [server.asked.length, git(join(cwd, 'w'), 'rev-parse', 'HEAD')]
    for (const args of [ALL, DESIGN]) expect((await run(...args)).code).toBe(0)
    expect(git(join(cwd, 'w'), 'rev-parse', 'HEAD')).toBe(before)
    expect(server.asked).toHaveLength(asked)
    const status = JSON.parse((await run('status', '--workspace', 'w', '--json')).stdout)
    expect(JSON.stringify(status)).not.toMatch(/"status":"(?!done)/)
    // Another option renders another bucket; what the agent said of it stays.
    expect((await run(...DESIGN, '--feature-store', 'custom')).code).toBe(0)
    expect(read(cwd, 'docs/shape.md')).toContain('Read from s3://elsewhere.')
  })

  it('goes with the attempt that it came with', async () => {
    const { run, cwd } = await place(moved)
    await run(...ALL)
    expect((await run('rerun', 'store', '--baseline', '--workspace', 'w', '--verify', 'none')).code).toBe(0)
    expect(read(cwd, 'contract.yaml')).not.toContain('elsewhere')
    const status = await run('status', '--workspace', 'w')
    expect(status.stdout).toMatch(/shape.*stale/)
    expect((await run('rerun', '--stale', '--workspace', 'w', '--verify', 'none')).code).toBe(0)
    expect(read(cwd, 'docs/shape.md')).not.toContain('elsewhere')
  })

  it('comes again with the attempt, where giving it up is taken back', async () => {
    const { run, cwd, server } = await place(moved)
    await run(...ALL)
    const [asked, contract] = [server.asked.length, read(cwd, 'contract.yaml')]
    await run('rerun', 'store', '--baseline', '--workspace', 'w', '--verify', 'none')
    expect(read(cwd, 'contract.yaml')).not.toBe(contract)
    const { code, stderr } = await run('undo', '--workspace', 'w')
    expect(code, stderr).toBe(0)
    expect(read(cwd, 'contract.yaml')).toBe(contract)
    expect((await run(...DESIGN, ...MODEL, '--budget', 'none')).code).toBe(0)
    expect(read(cwd, 'contract.yaml')).toBe(contract)
    expect(server.asked).toHaveLength(asked)
  })

  it('makes nobody be asked again who reads the section and of whose files nothing changes', async () => {
    const root = lastingFolder('reading')
    cpSync(talkingRoot(), root, { recursive: true })
    const workflow = join(root, 'workflows', 'ml-pipeline.yaml')
    const text = readFileSync(workflow, 'utf8')
    writeFileSync(
      workflow,
      text.replace('reads: {spec: [entity, data]}', 'reads: {spec: [entity, data], contract: [buckets]}'),
    )
    const { run, cwd, server } = await place(moved, {}, root)
    expect((await run(...ALL)).code).toBe(0)
    const log = git(
      join(cwd, 'w'),
      'log',
      '--format=%s %(trailers:key=Attempt,separator=%x20)',
      'mlops-agents/generated',
    )
    expect(log).toContain('sources: Sources Attempt: 2')
    const [asked, before] = [server.asked.length, git(join(cwd, 'w'), 'rev-parse', 'HEAD')]
    expect((await run(...ALL)).code).toBe(0)
    expect(server.asked).toHaveLength(asked)
    expect(git(join(cwd, 'w'), 'rev-parse', 'HEAD')).toBe(before)
  })

  it('is made again byte for byte from a recording', async () => {
    const { run, cwd, server } = await place(moved)
    expect((await run(...ALL, '--record', 'r.jsonl')).code).toBe(0)
    const tree = git(join(cwd, 'w'), 'rev-parse', 'mlops-agents/generated^{tree}')
    const asked = server.asked.length
    const again = ['design', DESIGN[1] ?? '', '--workspace', 'v', '--verify', 'none', '--yes', '--replay', 'r.jsonl']
    const { code, stderr } = await run(...again)
    expect(code, stderr).toBe(0)
    expect(git(join(cwd, 'v'), 'rev-parse', 'mlops-agents/generated^{tree}')).toBe(tree)
    expect(server.asked).toHaveLength(asked)
  })

  it.each([
    ['of another owner', 'build', 'buckets.data', ELSEWHERE, 'it belongs to store and not to build'],
    ['of what was asked for', 'guard', 'slos.latency_ms', { value: 900 }, 'slos follow from what the user asked for'],
    ['that does not fit the form', 'store', 'buckets.data', { uri: 7 }, 'uri: Invalid input'],
    ['in a section of nobody', 'store', 'topics.all', { name: 'all' }, 'store has no entry in topics'],
    ['with another owner', 'store', 'buckets.data', { ...ELSEWHERE, owner: 'build' }, 'the owner stays store'],
  ])('%s goes back with the reason, and the rest of the work stays', async (_, owner, entry, value, reason) => {
    const { run, cwd, server } = await place(({ deliverable, turn }) =>
      deliverable === owner && turn === 1 ? proposing(entry, value) : same(),
    )
    const { code, stderr } = await run(...ALL)
    expect(code, stderr).toBe(0)
    const back = server.asked.find(({ deliverable, turn }) => deliverable === owner && turn === 2)
    expect(back?.text).toContain(reason)
    expect(read(cwd, 'contract.yaml')).toContain('uri: s3://')
    expect(read(cwd, 'contract.yaml')).not.toContain('elsewhere')
  })
})
