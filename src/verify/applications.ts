// What Argo CD is told to install: each Application with its sources, and the files of this repository that it reads.
import { posix } from 'node:path'
import type { EmittedFile, Json } from '../types.js'
import { at, isObject, listAt, textAt } from './json-value.js'
import type { PlacedManifest } from './platform-manifests.js'

export interface ApplicationSource {
  /** Folder of this repository; empty where the source is somebody else's chart. */
  readonly path: string
  readonly repository: string
  readonly chart: string
  /** Files of this repository, from its root. */
  readonly valueFiles: readonly string[]
}

export interface Application {
  readonly file: EmittedFile
  readonly environment: string | undefined
  readonly name: string
  readonly project: string
  /** Namespace that its objects go to. */
  readonly namespace: string
  readonly sources: readonly ApplicationSource[]
}

export function applicationsOf(manifests: readonly PlacedManifest[]): Application[] {
  return manifests
    .filter(({ manifest }) => manifest.kind === 'Application' && manifest.apiVersion.startsWith('argoproj.io/'))
    .map(({ file, environment, manifest: { name, value } }) => {
      const one = at(value, 'spec', 'source')
      return {
        file,
        environment,
        name,
        project: textAt(value, 'spec', 'project'),
        namespace: textAt(value, 'spec', 'destination', 'namespace'),
        sources: [...(isObject(one) ? [one] : []), ...listAt(value, 'spec', 'sources')].map(sourceOf),
      }
    })
}

function sourceOf(source: Json): ApplicationSource {
  const path = textAt(source, 'path')
  return {
    path,
    repository: textAt(source, 'repoURL'),
    chart: textAt(source, 'chart'),
    valueFiles: listAt(source, 'helm', 'valueFiles')
      .filter((name) => typeof name === 'string')
      .map((name) => valueFile(name, path)),
  }
}

/** `/x` starts at the root of the repository, `$ref/x` at that of another source, anything else at the chart. */
const valueFile = (name: string, path: string): string =>
  /^(\/|\$\w+\/)/.test(name) ? name.replace(/^(\/|\$\w+\/)/, '') : posix.join(path, name)

/** Namespaces into which somebody else's chart brings pods that only its publisher knows. */
export const foreignNamespaces = (applications: readonly Application[]): ReadonlySet<string> =>
  new Set(applications.filter(({ sources }) => sources.some(({ chart }) => chart !== '')).map((one) => one.namespace))
