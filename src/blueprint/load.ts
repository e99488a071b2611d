// Reads component folders from disk; the only I/O of blueprint/. Everything after this is pure.
import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { DefinitionError } from '../errors.js'
import { parseChecked } from '../spec/document.js'
import { type ComponentInfo, componentSchema, type DeliverableManifest, deliverableManifestSchema } from './manifest.js'

/** What a component contributes to one deliverable. */
export interface Contribution {
  readonly deliverable: string
  readonly manifest: DeliverableManifest
  /** Manifest file, relative to the blueprints folder; named in messages. */
  readonly file: string
  /** Source text of the manifest and of its contract template, as they enter the deliverable's key. */
  readonly manifestText: string
  readonly contractTemplate?: string
}

/** One component folder. `texts` maps paths relative to the folder (`files/…`, `fragments/…`, `patches/…`) to their content. */
export interface Component {
  readonly id: string
  readonly info: ComponentInfo
  readonly contributions: readonly Contribution[]
  readonly texts: ReadonlyMap<string, string>
}

/** Lists component ids below the blueprints folder: `core`, `task/<task>`, `<option>/<value>`. */
export async function listComponents(root: string): Promise<string[]> {
  const found = await readdir(root, { recursive: true })
  return found
    .filter((entry) => path.basename(entry) === 'blueprint.yaml' && !entry.includes(`${path.sep}files${path.sep}`))
    .map((entry) => path.dirname(entry).split(path.sep).join('/'))
    .sort()
}

/** Reads only what a component says of itself: names, words, advisories. */
export async function loadComponentInfo(root: string, id: string): Promise<ComponentInfo> {
  const file = path.join(root, id, 'blueprint.yaml')
  return parseChecked(componentSchema, await readFile(file, 'utf8'), `blueprints/${id}/blueprint.yaml`).value
}

/** Reads a whole component and checks that manifests and files agree. */
export async function loadComponent(root: string, id: string): Promise<Component> {
  const folder = path.join(root, id)
  const info = await loadComponentInfo(root, id)
  const texts = readTexts(folder)
  const contributions = [...texts.keys()]
    .filter((name) => /^deliverables\/[a-z0-9-]+\.yaml$/.test(name))
    .sort()
    .map((name): Contribution => {
      const file = `blueprints/${id}/${name}`
      const manifestText = texts.get(name) ?? ''
      const contractTemplate = texts.get(name.replace(/\.yaml$/, '.contract.yaml.hbs'))
      return {
        deliverable: path.basename(name, '.yaml'),
        manifest: parseChecked(deliverableManifestSchema, manifestText, file).value,
        file,
        manifestText,
        ...(contractTemplate === undefined ? {} : { contractTemplate }),
      }
    })
  const component: Component = { id, info, contributions, texts }
  checkListed(component)
  return component
}

/** Loads components together with what they include, each once, includes first. */
export async function loadComponents(root: string, ids: readonly string[]): Promise<Component[]> {
  const loaded = new Map<string, Component>()
  const visit = async (id: string, chain: readonly string[]): Promise<void> => {
    if (chain.includes(id)) {
      const file = `blueprints/${id}/blueprint.yaml`
      throw new DefinitionError(`components include each other: ${[...chain, id].join(' -> ')}`, { file })
    }
    if (loaded.has(id)) return
    const component = await loadComponent(root, id)
    for (const included of component.info.includes) await visit(included, [...chain, id])
    loaded.set(id, component)
  }
  for (const id of ids) await visit(id, [])
  return [...loaded.values()]
}

/** Every file of a component folder, by its path below it. Hundreds of small files, and nothing else to do meanwhile: one after the other is quickest. */
export function readTexts(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => !CACHES.test(name))
    .sort()
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]))
}

/** Left behind by linters and test runners where a blueprint file is checked in place. */
const CACHES = /(^|\/)(__pycache__|\.ruff_cache|\.mypy_cache|\.pytest_cache)\//

/** The path below the component folder that holds a target path's source. */
export function sourceOf(component: Component, target: string): string | undefined {
  return [`files/${target}`, `files/${target}.hbs`].find((name) => component.texts.has(name))
}

function checkListed(component: Component): void {
  const used = new Map<string, string>()
  for (const { file, manifest } of component.contributions) {
    for (const entry of manifest.files) {
      const source = sourceOf(component, entry.path)
      if (source === undefined) {
        throw new DefinitionError(`lists ${entry.path}, but there is no files/${entry.path}[.hbs] beside it`, { file })
      }
      const other = used.get(source)
      if (other !== undefined) throw new DefinitionError(`lists ${entry.path}, which ${other} lists too`, { file })
      used.set(source, file)
    }
    for (const { patch } of manifest.patches) requireText(component, file, `patches/${patch}`, used)
    for (const { template } of manifest.fragments) {
      if (template !== undefined) requireText(component, file, `fragments/${template}`, used)
    }
  }
  for (const name of component.texts.keys()) {
    if (/^(files|fragments|patches)\//.test(name) && !used.has(name)) {
      const file = `blueprints/${component.id}/${name}`
      throw new DefinitionError('no manifest below deliverables/ lists this file; list it or delete it', { file })
    }
  }
}

function requireText(component: Component, file: string, name: string, used: Map<string, string>): void {
  if (!component.texts.has(name)) throw new DefinitionError(`names ${name}, which does not exist`, { file })
  used.set(name, file)
}
