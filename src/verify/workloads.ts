// Pods that a platform will run, with their labels and ports, whoever makes them: its own workloads, or KServe for an InferenceService.
import type { Json } from '../types.js'
import { at, isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from './json-value.js'
import type { PlacedManifest } from './platform-manifests.js'

export interface Workload {
  readonly placed: PlacedManifest
  /** Kind and name by which autoscalers know it. */
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly labels: JsonObject
  readonly ports: readonly { readonly name: string; readonly number: number | undefined }[]
  readonly images: readonly string[]
  /** At least; nothing where something else decides. */
  readonly replicas: number | undefined
}

const WITH_TEMPLATE = /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|Rollout)$/

/** Workloads of one environment, or of all where a file is the same for all. */
export function workloadsOf(manifests: readonly PlacedManifest[]): Workload[] {
  const own = manifests.flatMap((placed): Workload[] => {
    const { kind, name, namespace = '', value } = placed.manifest
    if (kind === 'InferenceService') return [predictor(placed)]
    const template = at(value, 'spec', 'template')
    if (!WITH_TEMPLATE.test(kind) || !isObject(template)) return []
    return [
      {
        placed,
        kind,
        name,
        namespace,
        labels: objectAt(template, 'metadata', 'labels'),
        ...containersOf(listAt(template, 'spec', 'containers')),
        replicas: numberAt(value, 'spec', 'replicas'),
      },
    ]
  })
  return [...own, ...referring(manifests, own)]
}

/** KServe makes a Deployment `<name>-predictor`, whose pods it calls `isvc.<name>-predictor`. */
function predictor(placed: PlacedManifest): Workload {
  const { name, namespace = '', value } = placed.manifest
  return {
    placed,
    kind: 'Deployment',
    name: `${name}-predictor`,
    namespace,
    labels: { app: `isvc.${name}-predictor`, ...objectAt(value, 'spec', 'predictor', 'labels') },
    ...containersOf(listAt(value, 'spec', 'predictor', 'containers')),
    replicas: numberAt(value, 'spec', 'predictor', 'minReplicas'),
  }
}

/** A Rollout may take the pods of another workload instead of a template of its own. */
const referring = (manifests: readonly PlacedManifest[], own: readonly Workload[]): Workload[] =>
  manifests
    .filter(({ manifest }) => manifest.kind === 'Rollout')
    .flatMap((placed) => {
      const { name, namespace, value } = placed.manifest
      const kind = textAt(value, 'spec', 'workloadRef', 'kind')
      const called = textAt(value, 'spec', 'workloadRef', 'name')
      const template = own.find(
        (one) =>
          one.kind === kind &&
          one.name === called &&
          one.namespace === namespace &&
          sameEnvironment(one.placed, placed),
      )
      return template === undefined
        ? []
        : [{ ...template, placed, kind: 'Rollout', name, replicas: numberAt(value, 'spec', 'replicas') }]
    })

const containersOf = (containers: readonly Json[]): Pick<Workload, 'ports' | 'images'> => ({
  images: containers.map((container) => textAt(container, 'image')),
  ports: containers.flatMap((container) =>
    listAt(container, 'ports').map((port) => ({
      name: textAt(port, 'name'),
      number: numberAt(port, 'containerPort'),
    })),
  ),
})

/** What is the same for all environments belongs to each. */
export const sameEnvironment = (a: PlacedManifest, b: PlacedManifest): boolean =>
  a.environment === undefined || b.environment === undefined || a.environment === b.environment

/** Whether a label selector takes these labels; an empty one takes all. */
export function selects(selector: Json | undefined, labels: JsonObject): boolean {
  const exact = Object.entries(objectAt(selector, 'matchLabels'))
  return (
    exact.every(([name, value]) => labels[name] === value) &&
    listAt(selector, 'matchExpressions').every((one) => {
      const value = labels[textAt(one, 'key')]
      const within = listAt(one, 'values').includes(value ?? null)
      switch (textAt(one, 'operator')) {
        case 'In':
          return within
        case 'NotIn':
          return !within
        case 'Exists':
          return value !== undefined
        default:
          return value === undefined
      }
    })
  )
}

/** A Service's own selector is a plain map; none selects nothing. */
export const serves = (service: JsonObject, labels: JsonObject): boolean => {
  const wanted = Object.entries(objectAt(service, 'spec', 'selector'))
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value)
}
