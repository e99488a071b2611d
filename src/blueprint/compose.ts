// Spec + contract + components -> the baseline: every file of the generated project, by deliverable. Pure.
import { createHash } from 'node:crypto'
import { applyPatch } from 'diff'
import { DefinitionError } from '../errors.js'
import { readYaml } from '../spec/document.js'
import type { EmittedFile, Json } from '../types.js'
import { type FragmentData, mergeFragments, serialise } from './fragments.js'
import { type Component, type Contribution, sourceOf } from './load.js'
import { visible } from './visible.js'

/** Renders template source with data; supplied by the engine, because prompt/ owns the template language. */
export type RenderTemplate = (source: string, name: string, context: Record<string, Json>) => string

/** What the composition depends on besides the components. */
export interface Settings {
  readonly project: string
  readonly options: Readonly<Record<string, string>>
  readonly maturity: number
  /** Deliverables of the workflow that exist at this maturity, in workflow order. */
  readonly deliverables: ReadonlySet<string>
  /** Root names: spec, contract, options, maturity, project. */
  readonly context: Record<string, Json>
}

/** The baseline of one deliverable. */
export interface Baseline {
  readonly deliverable: string
  readonly summary: string
  readonly decisions: readonly string[]
  readonly files: readonly EmittedFile[]
  /** Files of other owners as they stand after this deliverable's patches. */
  readonly patched: readonly EmittedFile[]
  /** Hash over the component texts and manifest texts that this baseline is made of; it enters the deliverable's key. */
  readonly sources: string
  /** Context paths that its templates read; they enter the key as well. */
  readonly reads: readonly string[]
  /** By path of an emitted file, a hash of what other deliverables give to it; it enters the key as well. */
  readonly fragments: Readonly<Record<string, string>>
}

export interface Composition {
  /** In workflow order; deliverables without any file have no baseline. */
  readonly baselines: ReadonlyMap<string, Baseline>
  /** Every file as it finally stands, patches applied, sorted by path. */
  readonly files: readonly EmittedFile[]
}

interface Part {
  readonly component: Component
  readonly contribution: Contribution
}

/** @throws DefinitionError when two components write one path, fragments disagree, or a patch does not apply */
export function compose(components: readonly Component[], settings: Settings, render: RenderTemplate): Composition {
  const parts = components.flatMap((component) =>
    component.contributions.map((contribution) => ({ component, contribution })),
  )
  const order = [...settings.deliverables]
  const active = parts
    .filter((part) => settings.deliverables.has(part.contribution.deliverable))
    .sort((a, b) => order.indexOf(a.contribution.deliverable) - order.indexOf(b.contribution.deliverable))

  const files = new Map<string, { file: EmittedFile; from: string }>()
  const add = (file: EmittedFile, from: string): void => {
    const other = files.get(file.path)
    if (other) throw new DefinitionError(`writes ${file.path}, which ${other.from} writes too`, { file: from })
    files.set(file.path, { file, from })
  }
  for (const part of active) for (const file of ownFiles(part, settings, render)) add(file, part.contribution.file)
  const fragments = new Map<string, Record<string, string>>()
  for (const { file, from, foreign } of emitted(parts, active, settings, render)) {
    add(file, from)
    if (foreign.length > 0)
      fragments.set(file.deliverable, {
        ...fragments.get(file.deliverable),
        [file.path]: hashOf([JSON.stringify(foreign)]),
      })
  }

  const patched = applyPatches(active, files, settings)
  const baselines = new Map<string, Baseline>()
  for (const deliverable of order) {
    const mine = active.filter((part) => part.contribution.deliverable === deliverable)
    const own = [...files.values()].map(({ file }) => file).filter((file) => file.deliverable === deliverable)
    if (own.length === 0) continue
    baselines.set(deliverable, {
      deliverable,
      summary: mine.map(({ contribution }) => contribution.manifest.summary).join(' '),
      decisions: mine.flatMap(({ contribution }) => contribution.manifest.decisions),
      files: own.sort(byPath),
      patched: patched.steps.get(deliverable) ?? [],
      sources: hashOf(mine.flatMap((part) => sourcesOf(part, settings))),
      reads: [...new Set(mine.flatMap(({ contribution }) => readsOf(contribution)))].sort(),
      fragments: fragments.get(deliverable) ?? {},
    })
  }
  return { baselines, files: [...files.values()].map(({ file }) => patched.final.get(file.path) ?? file).sort(byPath) }
}

function applies(entry: { maturity: number; when: Record<string, string[]> }, settings: Settings): boolean {
  const chosen = Object.entries(entry.when).every(([option, values]) => values.includes(settings.options[option] ?? ''))
  return chosen && entry.maturity <= settings.maturity
}

function ownFiles({ component, contribution }: Part, settings: Settings, render: RenderTemplate): EmittedFile[] {
  return contribution.manifest.files
    .filter((entry) => applies(entry, settings))
    .map((entry) => {
      const source = sourceOf(component, entry.path) ?? ''
      const text = component.texts.get(source) ?? ''
      const name = `blueprints/${component.id}/${source}`
      const content = source.endsWith('.hbs') ? render(text, name, visible(settings.context, entry.reads, name)) : text
      return {
        path: entry.path,
        content,
        mode: entry.executable ? '100755' : '100644',
        deliverable: contribution.deliverable,
        components: [component.id],
        documentation: entry.documentation,
      }
    })
}

/** Fragments of deliverables that are not active at this maturity are left out with them. */
function* emitted(
  parts: readonly Part[],
  active: readonly Part[],
  settings: Settings,
  render: RenderTemplate,
): Generator<{ file: EmittedFile; from: string; foreign: readonly FragmentData['value'][] }> {
  const known = new Set(parts.flatMap(({ contribution }) => contribution.manifest.emitters.map(({ path }) => path)))
  const byTarget = new Map<string, { data: FragmentData; component: string; deliverable: string }[]>()
  const inComponentOrder = parts.filter((part) => active.includes(part))
  for (const { component, contribution } of inComponentOrder) {
    for (const fragment of contribution.manifest.fragments.filter((entry) => applies(entry, settings))) {
      const from = contribution.file
      if (!known.has(fragment.into))
        throw new DefinitionError(`gives a fragment to ${fragment.into}, which no emitter writes`, { file: from })
      const name = `fragments/${fragment.template}`
      const file = `blueprints/${component.id}/${name}`
      const template = component.texts.get(name) ?? ''
      const value =
        fragment.value ??
        (readYaml(render(template, file, visible(settings.context, fragment.reads, name)), file) as Record<
          string,
          Json
        > | null) ??
        {}
      const list = byTarget.get(fragment.into) ?? []
      list.push({ data: { from, value }, component: component.id, deliverable: contribution.deliverable })
      byTarget.set(fragment.into, list)
    }
  }
  for (const { contribution } of active) {
    for (const emitter of contribution.manifest.emitters.filter((entry) => applies(entry, settings))) {
      const fragments = byTarget.get(emitter.path) ?? []
      const data = mergeFragments(
        emitter.path,
        fragments.map((fragment) => fragment.data),
      )
      const file: EmittedFile = {
        path: emitter.path,
        content: serialise(emitter.format, data, emitter.header),
        mode: '100644',
        deliverable: contribution.deliverable,
        components: [...new Set(fragments.map((fragment) => fragment.component))],
        documentation: false,
      }
      const others = fragments.filter(({ deliverable }) => deliverable !== contribution.deliverable)
      yield { file, from: contribution.file, foreign: others.map(({ data }) => data.value) }
    }
  }
}

function applyPatches(active: readonly Part[], files: ReadonlyMap<string, { file: EmittedFile }>, settings: Settings) {
  const final = new Map<string, EmittedFile>()
  const steps = new Map<string, EmittedFile[]>()
  for (const { component, contribution } of active) {
    for (const entry of contribution.manifest.patches.filter((patch) => applies(patch, settings))) {
      const before = final.get(entry.path) ?? files.get(entry.path)?.file
      if (!before)
        throw new DefinitionError(`patches ${entry.path}, which nothing emits here`, { file: contribution.file })
      const content = applyPatch(before.content, component.texts.get(`patches/${entry.patch}`) ?? '')
      if (content === false) {
        throw new DefinitionError(
          `patches/${entry.patch} does not apply to ${entry.path}; make it anew against the owner's file`,
          {
            file: contribution.file,
          },
        )
      }
      const after = { ...before, content, components: [...before.components, component.id] }
      final.set(entry.path, after)
      steps.set(contribution.deliverable, [...(steps.get(contribution.deliverable) ?? []), after])
    }
  }
  return { final, steps }
}

const hashOf = (texts: readonly string[]): string => createHash('sha256').update(texts.join('\0')).digest('hex')

function sourcesOf({ component, contribution }: Part, settings: Settings): string[] {
  const { manifest, manifestText, contractTemplate } = contribution
  const names = [
    ...manifest.files.filter((entry) => applies(entry, settings)).map((entry) => sourceOf(component, entry.path) ?? ''),
    ...manifest.fragments.flatMap((entry) => (entry.template === undefined ? [] : [`fragments/${entry.template}`])),
    ...manifest.patches.map((entry) => `patches/${entry.patch}`),
  ]
  return [manifestText, contractTemplate ?? '', ...names.map((name) => `${name}\n${component.texts.get(name) ?? ''}`)]
}

function readsOf({ manifest }: Contribution): string[] {
  return [...manifest.files, ...manifest.fragments].flatMap((entry) => entry.reads).concat(manifest.contract_reads)
}

function byPath(a: EmittedFile, b: EmittedFile): number {
  return a.path < b.path ? -1 : 1
}
