// Kustomize's own code builds every kustomization, and what comes out is held to the schemas of the cluster.
import { posix } from 'node:path'
import type { CheckResult, EmittedFile, Json } from '../types.js'
import { type Check, verdicts } from './check.js'
import { dataDocuments } from './documents.js'
import { isObject, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { kubernetesTool, manifestProblems } from './kubernetes.js'
import { answered, askOnce, textsOf } from './official.js'
import type { ValidatorAnswer } from './validators.js'

export const kustomizeBuildCheck: Check = {
  name: 'kustomize/build',
  level: 'L1',
  kinds: ['kustomization'],
  elsewhere: true,
  async run(files, project): Promise<CheckResult[]> {
    const parts = await components(files)
    const built = files.filter((file) => !parts.has(file))
    const answer = await askOnce({
      validator: 'kustomize',
      files: textsOf(readable(project)),
      options: { folders: built.map(({ path }) => posix.dirname(path)) },
    })
    const say = verdicts(this, { tool: answer.tool, version: answer.version })
    const results = answered(this, built, answer)
    const accepted = built.filter((file) =>
      results.some(({ file: path, status }) => path === file.path && status === 'pass'),
    )
    return [
      ...results,
      ...[...parts].map((file) => say.notRun(file, 'a component is built only by the kustomizations that name it')),
      ...(await clusterResults(accepted, answer)),
    ]
  },
}

/** Kustomizations that cannot stand alone. */
async function components(files: readonly EmittedFile[]): Promise<Set<EmittedFile>> {
  const found = new Set<EmittedFile>()
  for (const file of files) {
    const [document] = await dataDocuments(file)
    if (document !== undefined && textAt(document.value, 'kind') === 'Component') found.add(file)
  }
  return found
}

/** Kustomize reads a file only from a folder of a kustomization, or from below one. */
function readable(project: readonly EmittedFile[]): EmittedFile[] {
  const folders = project
    .filter((file) => kindOf(file) === 'kustomization')
    .map(({ path }) => `${posix.dirname(path)}/`.replace(/^\.\//, ''))
  return project.filter(({ path }) => folders.some((folder) => path.startsWith(folder)))
}

/** A fault that a patch or a transformer makes is in no single file, so it is the kustomization's. */
async function clusterResults(files: readonly EmittedFile[], { data }: ValidatorAnswer): Promise<CheckResult[]> {
  const say = verdicts({ name: 'kustomize/kubernetes', level: 'L1' }, kubernetesTool())
  const manifests = isObject(data as Json | undefined) ? (data as { manifests?: Json }).manifests : undefined
  const results = files.map(async (file) => {
    const text = textAt(manifests, posix.dirname(file.path))
    const problems = await manifestProblems(text, 'json')
    return problems.length === 0
      ? [say.pass(file)]
      : problems.map(({ message }) => say.fail(file, `as built: ${message}`))
  })
  return (await Promise.all(results)).flat()
}
