// Takes a platform as it was composed before, where nothing that it is made of has changed: composing takes longer than all else
// that a design with nothing to do does.
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Baseline } from '../blueprint/compose.js'
import { readTexts } from '../blueprint/load.js'
import type { Memory } from '../record/memory.js'
import type { Amendments } from '../spec/amend.js'
import type { Spec } from '../spec/schema.js'
import type { EmittedFile } from '../types.js'
import { type Catalogue, componentsOf, type Definitions } from './definitions.js'
import { buildPlatform, type Platform } from './platform.js'

export interface PlatformMemory extends Memory {
  /** Changes with every change of the product's own code. */
  readonly build: string
}

/** A platform as JSON: each file once, and numbers of files where it stands in a list. */
interface Kept extends Omit<Platform, 'spec' | 'composition' | 'amendments'> {
  /** Over everything that the platform was made of. */
  readonly key: string
  /** Ids of all components that were used, in the order in which their texts entered the key. */
  readonly components: readonly string[]
  readonly all: readonly EmittedFile[]
  readonly files: readonly number[]
  readonly baselines: readonly (readonly [
    string,
    Omit<Baseline, 'files' | 'patched'>,
    readonly number[],
    readonly number[],
  ])[]
}

/** The platform that the spec leads to; composed only where it is not remembered. @throws DefinitionError as buildPlatform does */
export async function recallPlatform(
  definitions: Definitions,
  spec: Spec,
  memory: PlatformMemory | undefined,
  amendments: Amendments,
): Promise<Platform> {
  const text = await memory?.read()
  if (memory !== undefined && text !== undefined) {
    const kept = JSON.parse(text) as Kept
    const key = keyOf(definitions, { spec, amendments }, memory.build, kept.components)
    if (kept.key === key) return { ...platformOf(kept), spec, amendments }
  }
  return buildPlatform(definitions, spec, amendments)
}

/** Keeps the platform for the next command in this workspace. */
export async function rememberPlatform(
  definitions: Definitions,
  catalogue: Catalogue,
  platform: Platform,
  memory: PlatformMemory | undefined,
): Promise<void> {
  if (memory === undefined) return
  const components = usedComponents(componentsOf(definitions, platform.spec), catalogue)
  await memory.write(
    JSON.stringify(keptOf(platform, components, keyOf(definitions, platform, memory.build, components))),
  )
}

/** Which components are asked for follows from the spec, and which they include from their texts: so both are in the key. */
function usedComponents(asked: readonly string[], catalogue: Catalogue): string[] {
  const used = new Set<string>()
  const visit = (id: string): void => {
    if (used.has(id)) return
    used.add(id)
    catalogue.get(id)?.includes.forEach(visit)
  }
  asked.forEach(visit)
  return [...used].sort()
}

function keyOf(
  definitions: Definitions,
  { spec, amendments }: Pick<Platform, 'spec' | 'amendments'>,
  build: string,
  components: readonly string[],
): string {
  const made = [build, spec, [...amendments], definitions.loaded.workflow, components]
  const key = createHash('sha256').update(JSON.stringify(made))
  for (const id of components) {
    for (const [name, text] of readTexts(path.join(definitions.root, 'blueprints', id)))
      key.update(`\0${name}\0`).update(text)
  }
  return key.digest('hex')
}

function keptOf(
  { spec: _, amendments: __, composition, ...rest }: Platform,
  components: readonly string[],
  key: string,
): Kept {
  const places = new Map<EmittedFile, number>()
  const placeOf = (file: EmittedFile): number => {
    const place = places.get(file) ?? places.size
    places.set(file, place)
    return place
  }
  const files = composition.files.map(placeOf)
  const baselines = [...composition.baselines].map(
    ([id, { files: own, patched, ...baseline }]) => [id, baseline, own.map(placeOf), patched.map(placeOf)] as const,
  )
  return { ...rest, key, components, all: [...places.keys()], files, baselines }
}

function platformOf({
  key: _,
  components: __,
  all,
  files,
  baselines,
  ...rest
}: Kept): Omit<Platform, 'spec' | 'amendments'> {
  const at = (places: readonly number[]): EmittedFile[] => places.flatMap((place) => all[place] ?? [])
  const composed = baselines.map(
    ([id, baseline, own, patched]) => [id, { ...baseline, files: at(own), patched: at(patched) }] as const,
  )
  return { ...rest, composition: { files: at(files), baselines: new Map(composed) } }
}
