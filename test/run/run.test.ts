import { describe, expect, it } from 'vitest'
import { DecisionNeeded, Interrupted, WorkspaceError } from '../../src/errors.js'
import type { Engine, NewCommit, RunSubject } from '../../src/run/engine.js'
import type { RunEvent } from '../../src/run/events.js'
import { contextSubject, planPlatform } from '../../src/run/platform.js'
import { reportUnchanged, run } from '../../src/run/run.js'
import type { CheckResult, EmittedFile } from '../../src/types.js'
import { definitions, platformOf } from '../emitted/platforms.js'

const platform = await platformOf({ example: 'clinic-no-show', maturity: 1 })

const result = (file: EmittedFile, status: CheckResult['status'], reason = ''): CheckResult => ({
  check: 'sample/check',
  level: 'L1',
  status,
  tool: 'sample',
  version: '1',
  reason,
  deliverable: file.deliverable,
  file: file.path,
})

interface Seen {
  readonly events: RunEvent[]
  readonly commits: NewCommit[]
  readonly order: string[]
}

/** An engine without a disk: it keeps what it is given, and passes every check. */
function engine(changes: Partial<Engine> = {}): { engine: Engine; seen: Seen } {
  const seen: Seen = { events: [], commits: [], order: [] }
  return {
    seen,
    engine: {
      begin: async (start) => void seen.events.push(start),
      emit: (event) => void seen.events.push(event),
      clock: () => 0,
      signal: new AbortController().signal,
      record: { putBlob: async (text) => `hash of ${text.length}` },
      check: async (files) => files.map((file) => result(file, 'pass')),
      checkPlatform: async (results) => results,
      recordSpec: async () => void seen.order.push('spec'),
      commit: (attempts) => {
        seen.commits.push(...attempts)
        seen.order.push(...attempts.map(({ item }) => item.placed.deliverable.id))
      },
      merge: async () => void seen.order.push('merge'),
      keep: async () => void seen.order.push(`keep after ${seen.events.at(-1)?.type}`),
      finishMerge: async () => undefined,
      view: () => ({ files: platform.composition.files, hidden: new Set(), judge: async () => [] }),
      accept: () => undefined,
      earlier: async () => undefined,
      mergeText: async () => undefined,
      gates: { phases: new Set(), unfinished: false },
      waitsFor: async () => undefined,
      ...changes,
    },
  }
}

const subject = (own: Engine): RunSubject => ({
  ...contextSubject(definitions, platform),
  platform,
  replan: async () => ({ platform, items: [] }),
  workspace: 'here',
  items: planPlatform(definitions, platform, new Map()),
  engine: own,
})
const wanted = [...platform.composition.baselines.keys()]

describe('run', () => {
  it('records the spec first, then every deliverable of the platform in workflow order, each merged after it is recorded', async () => {
    const { engine: own, seen } = engine()
    const ended = await run(subject(own))
    expect(ended.status).toBe('done')
    expect(seen.order[0]).toBe('spec')
    expect(seen.order.at(-1)).toBe('merge')
    const inOrder = subject(own)
      .items.map(({ placed }) => placed.deliverable.id)
      .filter((id) => wanted.includes(id))
    expect(seen.order.filter((name) => name !== 'spec' && name !== 'merge')).toEqual(inOrder)
    expect(ended.deliverables.filter(({ status }) => status === 'done').map(({ id }) => id)).toEqual(inOrder)
    const files = ended.deliverables.reduce((sum, one) => sum + one.files, 0)
    expect(files).toBe(platform.composition.files.length)
  })

  it('says what it does: starts and ends nest, and the last event has the result', async () => {
    const { engine: own, seen } = engine()
    const ended = await run(subject(own))
    const types = seen.events.map(({ type }) => type)
    expect([types[0], types.at(-1)]).toEqual(['run-start', 'run-end'])
    const open: string[] = []
    for (const type of types) {
      const [what = '', when] = type.split('-')
      if (when === 'start' && what !== 'deliverable') open.push(what)
      if (when === 'end' && open.at(-1) === what) open.pop()
    }
    expect(open).toEqual([])
    expect(seen.events.at(-1)).toMatchObject({ status: 'done', deliverables: ended.deliverables })
  })

  it('fails where a check of one deliverable fails, keeps all of them, and names which', async () => {
    const check: Engine['check'] = async (files) =>
      files.map((file) => result(file, file.deliverable === 'features' ? 'fail' : 'pass', 'wrong'))
    const { engine: own, seen } = engine({ check })
    const ended = await run(subject(own))
    expect(ended.status).toBe('failed')
    const failed = ended.deliverables.filter(({ status }) => status === 'failed').map(({ id }) => id)
    expect(failed).toContain('features')
    expect(failed).not.toContain('ingestion')
    expect(seen.commits).toHaveLength(wanted.length)
  })

  it('runs nothing of the platform before its files are there', async () => {
    let merged = false
    const finishMerge = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      merged = true
    }
    const checkPlatform: Engine['checkPlatform'] = async (results, there) => {
      expect(merged).toBe(false)
      await there
      expect(merged).toBe(true)
      return results
    }
    expect((await run(subject(engine({ finishMerge, checkPlatform }).engine))).status).toBe('done')
  })

  it('fails where only the whole platform shows a fault that belongs to nobody', async () => {
    const loose: CheckResult = { ...result(platform.composition.files[0] as EmittedFile, 'fail', 'loose') }
    const { deliverable: _, ...nobody } = loose
    const { engine: own } = engine({ checkPlatform: async (results) => [...results, nobody] })
    expect((await run(subject(own))).status).toBe('failed')
  })

  it.each([
    ['waiting', new DecisionNeeded('both sides changed it'), DecisionNeeded],
    ['failed', new Error('a bug'), Error],
  ])('ends as %s where the merge says so, and lets the reason through', async (status, thrown, kind) => {
    const finishMerge = async (): Promise<void> => Promise.reject(thrown)
    const { engine: own, seen } = engine({ finishMerge })
    await expect(run(subject(own))).rejects.toThrow(kind)
    // Everything is made by then, so that a person resolves once.
    expect(seen.commits).toHaveLength(wanted.length)
    expect(seen.events.at(-1)).toMatchObject({ type: 'run-end', status })
  })

  it('stops between two deliverables when it is asked to, and says how to go on', async () => {
    const controller = new AbortController()
    const { engine: own, seen } = engine({ signal: controller.signal })
    const commit: Engine['commit'] = (attempts) => {
      controller.abort()
      own.commit(attempts)
    }
    await expect(run(subject({ ...own, commit }))).rejects.toThrow(
      /what was finished is kept: go on with mlops-agents resume --workspace here/,
    )
    // Before it says that it has ended.
    expect(seen.order.at(-1)).toBe('keep after agent-start')
    expect(seen.events.at(-1)).toMatchObject({ type: 'run-end', status: 'interrupted' })
    expect(seen.commits.length).toBeGreaterThan(0)
    expect(seen.commits.length).toBeLessThan(wanted.length)
  })

  it('takes what git says while Ctrl-C ends it for the interruption that it is', async () => {
    const controller = new AbortController()
    const merge = async (): Promise<void> => {
      controller.abort()
      throw new WorkspaceError('git was killed')
    }
    const { engine: own } = engine({ signal: controller.signal, merge })
    await expect(run(subject(own))).rejects.toThrow(Interrupted)
  })

  it('does not say that what was finished is kept where that fails', async () => {
    const controller = new AbortController()
    const merge = async (): Promise<void> => controller.abort()
    const keep = async (): Promise<void> => Promise.reject(new WorkspaceError('no space left'))
    const { engine: own, seen } = engine({ signal: controller.signal, merge, keep })
    await expect(run(subject(own))).rejects.toThrow('no space left')
    expect(seen.events.at(-1)).toMatchObject({ type: 'run-end', status: 'failed' })
  })
})

it('reports a run with nothing to do as it stands, without touching anything', () => {
  const { engine: own, seen } = engine()
  const ended = reportUnchanged(subject(own), own.emit)
  expect(ended).toMatchObject({ status: 'done', results: [] })
  expect(seen.order).toEqual([])
  expect(seen.events.map(({ type }) => type)).toEqual([
    'run-start',
    ...ended.deliverables.map(() => 'deliverable-end'),
    'run-end',
  ])
})
