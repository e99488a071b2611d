// Kubernetes manifests are held to the schemas of the API server and its extensions, and to rules over their fields, without a cluster.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, type Tool, verdicts } from './check.js'
import { ruleProblems } from './kubernetes-rules.js'
import { kubernetesVersion, structuralSchema } from './kubernetes-schemas.js'
import { type Manifest, readManifests, type Written } from './manifests.js'
import { structuralProblems } from './structural.js'

export interface ManifestProblem {
  readonly line: number
  readonly message: string
}

export const kubernetesTool = (): Tool => ({ tool: 'schemas of Kubernetes', version: kubernetesVersion() })

export const kubernetesCheck: Check = {
  name: 'kubernetes/schema',
  level: 'L1',
  kinds: ['kubernetes'],
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const say = verdicts(this, kubernetesTool())
    const results = files.map(async (file) => {
      const problems = await manifestProblems(file.content)
      return problems.length === 0
        ? [say.pass(file)]
        : problems.map(({ line, message }) => say.fail(file, message, { line }))
    })
    return (await Promise.all(results)).flat()
  },
}

/** Everything that is wrong with the objects of a YAML text. */
export async function manifestProblems(text: string, written?: Written): Promise<ManifestProblem[]> {
  const { manifests, problems } = await readManifests(text, written)
  return [...problems, ...manifests.flatMap(objectProblems), ...repeated(manifests)]
}

function objectProblems(manifest: Manifest): ManifestProblem[] {
  const { apiVersion, kind, name, value } = manifest
  const said = `${kind || 'an object'}${name === '' ? '' : ` ${name}`}`
  const placed = (path: readonly (string | number)[], message: string): ManifestProblem => ({
    line: manifest.line(path),
    message: `${said}: ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`,
  })
  if (apiVersion === '' || kind === '') return [placed([], 'apiVersion and kind must be given')]
  const schema = structuralSchema(`${apiVersion}/${kind}`)
  // Never a pass: a kind that nobody knows here is most often a wrong group or version.
  if (schema === undefined) return [placed(['apiVersion'], `no schema is known for the kind ${kind} of ${apiVersion}`)]
  return [...structuralProblems(schema, value), ...ruleProblems(manifest)].map(({ path, message }) =>
    placed(path, message),
  )
}

/** The same object twice in one text: the second silently replaces the first. */
function repeated(manifests: readonly Manifest[]): ManifestProblem[] {
  const seen = new Set<string>()
  return manifests.flatMap((one) => {
    const id = `${one.apiVersion} ${one.kind} ${one.namespace ?? ''}/${one.name}`
    if (seen.has(id) && one.name !== '')
      return [{ line: one.line([]), message: `${one.kind} ${one.name} is defined twice` }]
    seen.add(id)
    return []
  })
}
