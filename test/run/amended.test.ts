// What a proposal for the contract makes of a real platform, and what it may not reach.
import { describe, expect, it } from 'vitest'
import { type Amending, amending } from '../../src/run/amended.js'
import type { Engine, RunSubject } from '../../src/run/engine.js'
import { filesOf, type ToMake } from '../../src/run/plan.js'
import { buildPlatform, contextSubject, type Platform, planPlatform } from '../../src/run/platform.js'
import type { CheckResult, EmittedFile } from '../../src/types.js'
import { definitions, platformOf } from '../emitted/platforms.js'

const platform = await platformOf({ example: 'clinic-no-show', maturity: 2 })
const planned = (of: Platform) => planPlatform(definitions, of, new Map())

/** Both sides changed: whoever changed last is asked nothing, as git's own merge is tested elsewhere. */
const engine = { mergeText: async () => undefined } as unknown as Engine
const subjectOf = (platform: Platform): RunSubject => ({
  ...contextSubject(definitions, platform),
  platform,
  items: planned(platform),
  replan: async (amendments) => {
    const next = await buildPlatform(definitions, platform.spec, amendments)
    return { platform: next, items: planned(next) }
  },
  workspace: 'here',
  engine,
})
const subject = subjectOf(platform)
const itemOf = (id: string, { items } = subject): ToMake => {
  const item = items.find(({ placed }) => placed.deliverable.id === id)
  if (item?.kind !== 'make') throw new Error(`${id} is not to be made`)
  return item
}

async function proposed(id: string, entry: string, value: unknown, files?: readonly EmittedFile[], around = subject) {
  const item = itemOf(id, around)
  const amendments = [{ entry, value: JSON.stringify(value) }]
  const made = files ?? filesOf(item.baseline)
  return amending(item, { files: made, amendments }, around, { files: around.platform.composition.files }, new Map())
}
const right = (one: Awaited<ReturnType<typeof proposed>>): Amending => {
  if ('faults' in one) throw new Error(one.faults.map(({ reason }) => reason).join('\n'))
  return one
}
const reasons = (one: Amending | { readonly faults: readonly CheckResult[] }): string[] =>
  'faults' in one ? one.faults.map(({ reason }) => reason) : []

const { owner: _, ...auc } = platform.contract.metrics.roc_auc ?? { owner: '' }
const stricter = { ...auc, threshold: 0.75 }

describe('a proposal for the contract', () => {
  it('renders what reads it anew, the own files and those of later deliverables', async () => {
    const { change, rendered, subject: then } = right(await proposed('model-requirements', 'metrics.roc_auc', stricter))
    expect(then.platform.contract.metrics.roc_auc?.threshold).toBe(0.75)
    expect(then.contract).toMatchObject({ metrics: { roc_auc: { threshold: 0.75 } } })
    const paths = change.files.map(({ path }) => path)
    expect(paths).toContain('contract.yaml')
    expect(new Set(change.files.map(({ deliverable }) => deliverable)).size).toBeGreaterThan(1)
    for (const { content, path } of rendered.after)
      expect(content).not.toBe(rendered.before.find((file) => file.path === path)?.content)
    expect(change.files.some(({ content }) => content.includes('0.75'))).toBe(true)
  })

  it('keeps what the agent wrote beside what it renders', async () => {
    const { item: amended } = right(await proposed('model-requirements', 'metrics.roc_auc', stricter))
    const rendered = new Map(filesOf(amended.baseline).map(({ path, content }) => [path, content]))
    const before = filesOf(itemOf('model-requirements').baseline)
    const written = before.find(({ path, content }) => rendered.get(path) === content)
    if (written === undefined) throw new Error('everything of its own is rendered anew')
    const files = before.map((file) =>
      file.path === written.path ? { ...file, content: `${file.content}\nA line of the agent.\n` } : file,
    )
    const { change } = right(await proposed('model-requirements', 'metrics.roc_auc', stricter, files))
    expect(change.files.find(({ path }) => path === written.path)?.content).toContain('A line of the agent.')
  })

  it('in the same lines as what the agent wrote goes back with what it renders', async () => {
    const one = right(await proposed('model-requirements', 'metrics.roc_auc', stricter))
    const both = one.files.find((file) =>
      filesOf(itemOf('model-requirements').baseline).some(
        ({ path, content }) => path === file.path && content !== file.content,
      ),
    )
    if (both === undefined) throw new Error('nothing of its own is rendered from it')
    const files = filesOf(itemOf('model-requirements').baseline).map((file) =>
      file.path === both.path ? { ...file, content: 'mine\n' } : file,
    )
    const [said] = reasons(await proposed('model-requirements', 'metrics.roc_auc', stricter, files))
    expect(said).toContain('differ in the same lines')
    expect(said).toMatch(/^\+.*0\.75/m)
  })

  it('is refused where those before it read it, where its section is done with, and where it does not hold', async () => {
    const { owner: _owner, ...metric } = platform.contract.metrics.brier ?? { owner: '' }
    expect(reasons(await proposed('registry', 'metrics.brier', metric))).toEqual([
      'metrics.brier: it belongs to model-requirements and not to registry',
    ])
    expect(reasons(await proposed('serving', 'features.x', {}))).toEqual([
      'features.x: nobody amends this section after its phase',
    ])
  })

  it('may be read by those before it, as long as nothing that was made of it changes', async () => {
    const whole = subjectOf(await platformOf({ example: 'churn-telecom', maturity: 5 }))
    const { tracker } = whole.platform.contract.services
    const { owner, ...service } = tracker ?? { owner: '', description: '', port: 0 }
    const amend = (change: object) => proposed(owner, 'services.tracker', { ...service, ...change }, undefined, whole)
    expect(reasons(await amend({ description: 'Said otherwise' }))).toEqual([])
    const [back] = reasons(await amend({ port: service.port + 1 }))
    expect(back).toMatch(/^it would change .*, made before; propose nothing that reaches back$/)
  })
})
