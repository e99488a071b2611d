// Kustomize overlays by rules of our own, which name the line; the verdict is Kustomize's, see kustomize-build.ts.
import { posix } from 'node:path'
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { type Check, verdicts } from './check.js'
import { nearest } from './distance.js'
import { dataDocuments } from './documents.js'
import { isObject, listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { type Manifest, readManifests } from './manifests.js'
import { ownTool } from './versions.js'

/** Keys of kustomize.config.k8s.io/v1beta1 and v1alpha1 that are not deprecated. */
const KEYS =
  'apiVersion kind metadata resources components crds namespace namePrefix nameSuffix labels commonAnnotations patches replacements images replicas configMapGenerator secretGenerator generatorOptions configurations generators transformers validators openapi buildMetadata sortOptions helmCharts helmGlobals'.split(
    ' ',
  )

interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export const kustomizeCheck: Check = {
  name: 'kustomize/structure',
  level: 'L0',
  kinds: ['kustomization'],
  async run(files, project): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    const results: CheckResult[] = []
    for (const file of files) {
      const [document] = await dataDocuments(file)
      if (document === undefined) continue
      const problems = await kustomizationProblems(file, document.value, project)
      results.push(
        ...(problems.length === 0
          ? [say.pass(file)]
          : problems.map(({ path, message }) => say.fail(file, message, document.position(path)))),
      )
    }
    return results
  },
}

async function kustomizationProblems(
  file: EmittedFile,
  value: Json,
  project: readonly EmittedFile[],
): Promise<Problem[]> {
  const folder = posix.dirname(file.path)
  const unknown = Object.keys(isObject(value) ? value : {}).filter((key) => !KEYS.includes(key))
  const named = [...listAt(value, 'resources').entries()].flatMap(([index, one]) => {
    const target = typeof one === 'string' ? posix.join(folder, one) : ''
    const there = project.some(({ path }) => path === target || path === `${target}/kustomization.yaml`)
    return there
      ? []
      : [{ path: ['resources', index], message: `${String(one)} is neither a file nor a folder with a kustomization` }]
  })
  const generated = ['configMapGenerator', 'secretGenerator'].flatMap((key) =>
    [...listAt(value, key).entries()].flatMap(([index, one]) =>
      [...listAt(one, 'files'), ...listAt(one, 'envs')]
        .map((name) => (typeof name === 'string' ? name.replace(/^[^=]+=/, '') : ''))
        .filter((name) => !project.some(({ path }) => path === posix.join(folder, name)))
        .map((name) => ({ path: [key, index], message: `${name} does not exist` })),
    ),
  )
  const objects = await builtObjects(file, project)
  const patches: Problem[] = []
  for (const [index, patch] of listAt(value, 'patches').entries())
    patches.push(...(await patchProblems(patch, ['patches', index], folder, objects, project)))
  return [
    ...unknown.map((key) => ({ path: [key], message: `kustomize knows no ${key}${nearest(key, KEYS)}` })),
    ...named,
    ...generated,
    ...patches,
  ]
}

async function patchProblems(
  patch: Json,
  path: readonly (string | number)[],
  folder: string,
  objects: readonly Manifest[],
  project: readonly EmittedFile[],
): Promise<Problem[]> {
  const name = textAt(patch, 'path')
  const file = name === '' ? undefined : project.find((one) => one.path === posix.join(folder, name))
  if (name !== '' && file === undefined) return [{ path, message: `the patch ${name} does not exist` }]
  const text = file?.content ?? textAt(patch, 'patch')
  const given = objectAt(patch, 'target')
  const aims =
    Object.keys(given).length > 0
      ? [{ kind: textAt(given, 'kind'), name: textAt(given, 'name') }]
      : (await readManifests(text)).manifests.map(({ kind, name: called }) => ({ kind, name: called }))
  return aims
    .filter(
      (aim) =>
        !objects.some(
          (one) => (aim.kind === '' || one.kind === aim.kind) && (aim.name === '' || matches(aim.name, one.name)),
        ),
    )
    .map((aim) => ({ path, message: `nothing that this builds on is a ${aim.kind} called ${aim.name || '(any)'}` }))
}

/** Names of a target are patterns of their whole. */
function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(name)
  } catch {
    return pattern === name
  }
}

/** Objects that the resources of a kustomization lead to, through those that it names. */
async function builtObjects(
  file: EmittedFile,
  project: readonly EmittedFile[],
  seen: ReadonlySet<string> = new Set(),
): Promise<Manifest[]> {
  if (seen.has(file.path)) return []
  const folder = posix.dirname(file.path)
  const objects: Manifest[] = []
  const [document] = await dataDocuments(file)
  for (const one of listAt(document?.value, 'resources')) {
    const target = posix.join(folder, String(one))
    const inner = project.find(({ path }) => path === `${target}/kustomization.yaml`)
    const plain = project.find(({ path }) => path === target)
    if (inner !== undefined) objects.push(...(await builtObjects(inner, project, new Set([...seen, file.path]))))
    else if (plain !== undefined) objects.push(...(await readManifests(plain.content)).manifests)
  }
  return objects
}

/** Manifests that lie beside a kustomization and that none of them names would never reach a cluster. */
export async function unlistedManifests(files: readonly EmittedFile[]): Promise<EmittedFile[]> {
  const kustomizations = files.filter((file) => kindOf(file) === 'kustomization')
  const named = new Set<string>()
  for (const file of kustomizations)
    for (const { value } of await dataDocuments(file)) {
      const patches = listAt(value, 'patches').map((one) => textAt(one, 'path'))
      for (const name of [...listAt(value, 'resources'), ...patches])
        named.add(posix.join(posix.dirname(file.path), String(name)))
    }
  const folders = kustomizations.map((file) => posix.dirname(file.path))
  return files.filter(
    (file) => kindOf(file) === 'kubernetes' && folders.includes(posix.dirname(file.path)) && !named.has(file.path),
  )
}
