// What a change makes stale on the platform that users get: exactly what declares that it reads it. What is not stale has the very same bytes.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compose } from '../../src/blueprint/compose.js'
import { type Component, loadComponents } from '../../src/blueprint/load.js'
import { renderTemplate } from '../../src/prompt/render.js'
import type { Definitions } from '../../src/run/definitions.js'
import { type PreviousAttempt, readValue } from '../../src/run/plan.js'
import { buildPlatform, type Platform, planPlatform } from '../../src/run/platform.js'
import type { FullSpec } from '../../src/spec/schema.js'
import type { Json } from '../../src/types.js'
import { deliverablesInOrder } from '../../src/workflow/order.js'
import { definitions, platformOf, ROOT } from './platforms.js'

const base = await platformOf({ example: 'churn-telecom', maturity: 5 })
const deliverables = deliverablesInOrder(definitions.loaded.workflow).map(({ deliverable, agent }) => ({
  ...deliverable,
  agent: agent.agent,
}))
const previous = new Map(
  planPlatform(definitions, base, new Map()).map(({ placed, key, inputs }): [string, PreviousAttempt] => [
    placed.deliverable.id,
    { attempt: 1, key, inputs, removed: false, level: 'L1' },
  ]),
)
const stale = (platform: Platform, by: Definitions = definitions): string[] =>
  planPlatform(by, platform, previous)
    .filter(({ kind }) => kind === 'make' || kind === 'remove')
    .map(({ placed }) => placed.deliverable.id)

/** The files that a deliverable gives, and those of others as it leaves them. */
function given(platform: Platform, id: string): string {
  const { files = [], patched = [] } = platform.composition.baselines.get(id) ?? {}
  return JSON.stringify([...files, ...patched].map(({ path, mode, content }) => [path, mode, content]))
}
const changedFiles = (after: Platform): string[] =>
  deliverables.map(({ id }) => id).filter((id) => given(base, id) !== given(after, id))

const componentsOf = ({ spec, options }: Platform): Promise<Component[]> =>
  loadComponents(join(ROOT, 'blueprints'), [
    'core',
    `task/${spec.task?.value.kind}`,
    ...Object.entries(options).map(([name, value]) => `${name}/${value}`),
  ])
const before = await componentsOf(base)

/** Everything that workflow and blueprints declare that `id` reads. */
function declared(id: string, components: readonly Component[]): string[] {
  const { reads } = deliverables.find((one) => one.id === id) ?? {}
  const manifests = components.flatMap(({ contributions }) =>
    contributions.filter(({ deliverable }) => deliverable === id).map(({ manifest }) => manifest),
  )
  return [
    ...(reads?.spec ?? []).map((path) => `spec.${path}`),
    ...(reads?.contract ?? []).map((path) => `contract.${path}`),
    ...(reads?.options ?? []).map((name) => `options.${name}`),
    ...manifests.flatMap(({ files, fragments, contract_reads }) => [
      ...[...files, ...fragments].flatMap((entry) => entry.reads),
      ...contract_reads,
    ]),
  ]
}
const contributors = (id: string, components: readonly Component[]): string =>
  components
    .filter((one) => one.contributions.some(({ deliverable }) => deliverable === id))
    .map((one) => one.id)
    .join()

/** Targets that are merged from parts of several deliverables, by the one that owns them. */
const merged = (id: string, components: readonly Component[]): string[] =>
  components.flatMap(({ contributions }) =>
    contributions
      .filter(({ deliverable }) => deliverable === id)
      .flatMap(({ manifest }) => manifest.emitters.map(({ path }) => path)),
  )
const textOf = (platform: Platform, path: string): string | undefined =>
  [...platform.composition.baselines.values()].flatMap(({ files }) => files).find((file) => file.path === path)?.content

/** From the declarations alone, without a key. */
async function expected(after: Platform): Promise<string[]> {
  const other = Object.keys(after.options).some((name) => after.options[name] !== base.options[name])
  const now = other ? await componentsOf(after) : before
  const files = new Set(changedFiles(after))
  const differs = (read: string): boolean =>
    JSON.stringify(readValue(read, base.context)) !== JSON.stringify(readValue(read, after.context))
  return deliverables
    .filter(({ id, reads }) => {
      const there = [base, after].map(({ composition }) => composition.baselines.has(id))
      if (!there.includes(true)) return false
      return (
        there.includes(false) ||
        declared(id, now).some(differs) ||
        contributors(id, before) !== contributors(id, now) ||
        reads.deliverables.some((other) => files.has(other)) ||
        merged(id, now).some((path) => textOf(base, path) !== textOf(after, path))
      )
    })
    .map(({ id }) => id)
}

const changed = (edit: (spec: FullSpec) => void): Promise<Platform> => {
  const spec = structuredClone(base.spec)
  edit(spec)
  return buildPlatform(definitions, spec)
}
const option = (name: string, value: string) => (spec: FullSpec) => {
  spec.options[name] = { value, origin: 'edited' }
}

const set =
  (edit: (spec: FullSpec) => unknown) =>
  (spec: FullSpec): void => {
    edit(spec)
  }

describe('what is stale after a change of', () => {
  it.each<[string, (spec: FullSpec) => unknown]>([
    ['nothing', () => undefined],
    ['the title, which the README has', (spec) => Object.assign(spec, { title: 'Another title' })],
    ['serving.latency_ms', ({ serving }) => Object.assign(serving.latency_ms, { value: 80 })],
    ['serving.throughput_rps', ({ serving }) => Object.assign(serving.throughput_rps, { value: 90 })],
    ['schedule.deadline', ({ schedule }) => Object.assign(schedule.deadline, { value: '07:00' })],
    ['compliance.retention_days', ({ compliance }) => Object.assign(compliance.retention_days, { value: 365 })],
    ['compliance.region', ({ compliance }) => Object.assign(compliance.region, { value: 'eu-west-1' })],
    ['entity.count', ({ entity }) => Object.assign(entity.count, { value: 1_200_000 })],
    ['data.history_months', ({ data }) => Object.assign(data.history_months, { value: 36 })],
    ['target.horizon_days', ({ target }) => Object.assign(target.horizon_days, { value: 60 })],
    ['leakage.gap_days', ({ leakage }) => Object.assign(leakage.gap_days, { value: 40 })],
    ['feature_store', option('feature_store', 'custom')],
    ['experiment_tracking', option('experiment_tracking', 'wandb')],
    ['deployment_mode to batch', option('deployment_mode', 'batch')],
    ['deployment_mode to realtime', option('deployment_mode', 'realtime')],
    ['maturity', ({ maturity }) => Object.assign(maturity, { value: 4 })],
  ])('%s: exactly what declares it', async (_, edit) => {
    const after = await changed(set(edit))
    const made = stale(after)
    expect(made).toEqual(await expected(after))
    expect(changedFiles(after).filter((id) => !made.includes(id))).toEqual([])
  })

  it('the title, in names: so that the declarations themselves are held to something', async () => {
    const after = await changed(set((spec) => Object.assign(spec, { title: 'Another title' })))
    expect(stale(after)).toEqual(['code-structure', 'performance', 'testing', 'serving', 'ci-cd'])
    expect(changedFiles(after)).toEqual(['code-structure'])
  })

  const agents = [...new Set(deliverables.map(({ agent }) => agent))]
  const ofAgent = (agent: string): string[] => deliverables.filter((one) => one.agent === agent).map(({ id }) => id)
  it.each(agents)("agents/%s.md, or its prompt: that agent's deliverables", (agent) => {
    for (const texts of ['agentTexts', 'promptTexts'] as const) {
      const edited = new Map(definitions[texts]).set(agent, `${definitions[texts].get(agent)}\nBe brief.\n`)
      expect(stale(base, { ...definitions, [texts]: edited })).toEqual(ofAgent(agent))
    }
  })

  it.each(deliverables.map(({ id }) => id))('what the workflow lets %s read: that one', (id) => {
    const workflow = structuredClone(definitions.loaded.workflow)
    for (const { agents: some } of workflow.phases)
      for (const one of some)
        for (const each of one.deliverables) if (each.id === id) each.reads.spec.push('advisories')
    expect(stale(base, { ...definitions, loaded: { ...definitions.loaded, workflow } })).toEqual([id])
  })

  it.each(deliverables.map(({ id }) => id))('a blueprint of %s: that one, and what reads its files', (id) => {
    const [[component, source] = []] = before.flatMap((one) =>
      one.contributions
        .filter(({ deliverable }) => deliverable === id)
        .flatMap(({ manifest }) => manifest.files.map(({ path }) => `files/${path}`))
        .flatMap((name): [Component, string][] => (one.texts.has(name) ? [[one, name]] : [])),
    )
    if (component === undefined || source === undefined) throw new Error(`${id} has no file that is no template`)
    const texts = new Map(component.texts).set(source, `${component.texts.get(source)}\n`)
    const after = recomposed(before.map((one) => (one === component ? { ...component, texts } : one)))
    const readers = deliverables.filter(({ reads }) => reads.deliverables.includes(id)).map((one) => one.id)
    expect(stale(after)).toEqual(inOrder([id, ...readers]))
    expect(changedFiles(after).filter((one) => ![id, ...readers].includes(one))).toEqual([])
  })

  const owners = new Map(
    deliverables.flatMap(({ id }) => merged(id, before).map((path): [string, string] => [path, id])),
  )
  const gifts = new Map(
    before.flatMap(({ id, contributions }) =>
      contributions.flatMap(({ deliverable, manifest }) =>
        manifest.fragments
          .filter(({ into, value }) => value !== undefined && owners.get(into) !== deliverable)
          .map(({ into }): [string, [string, string, string]] => [deliverable, [deliverable, into, id]]),
      ),
    ),
  )
  it.each([...gifts.values()])('what %s gives to %s (%s): also the owner of that file', (id, into, component) => {
    const after = recomposed(before.map((one) => (one.id === component ? withGift(one, id, into) : one)))
    const owner = owners.get(into) ?? ''
    const readers = deliverables.filter(({ reads }) => reads.deliverables.includes(owner)).map((one) => one.id)
    expect(changedFiles(after)).toEqual([owner])
    expect(stale(after)).toEqual(inOrder([id, owner, ...readers]))
  })
})

const inOrder = (ids: readonly string[]): string[] => deliverables.map(({ id }) => id).filter((id) => ids.includes(id))

function recomposed(components: readonly Component[]): Platform {
  const { spec, options, maturity, context } = base
  const active = new Set(base.composition.baselines.keys())
  const settings = { project: spec.name, options, maturity, deliverables: active, context }
  return { ...base, composition: compose(components, settings, renderOnce) }
}

const rendered = new Map<string, string>()
/** What templates see is the same in all of these. */
function renderOnce(source: string, name: string, context: Record<string, Json>): string {
  const text = rendered.get(name + source) ?? renderTemplate(source, name, context)
  rendered.set(name + source, text)
  return text
}

/** The component with one more entry in the data that one of its deliverables gives to a file of another one. */
function withGift(component: Component, deliverable: string, into: string): Component {
  const contributions = component.contributions.map((part) => {
    if (part.deliverable !== deliverable) return part
    const fragments = part.manifest.fragments.map((fragment) =>
      fragment.into === into && fragment.value !== undefined
        ? { ...fragment, value: { ...fragment.value, planted: 'one more' } }
        : fragment,
    )
    return { ...part, manifest: { ...part.manifest, fragments }, manifestText: `${part.manifestText}planted` }
  })
  return { ...component, contributions }
}
