// What protects a platform from itself: each namespace has its bounds, what has replicas keeps some when a node goes, and each service says who may call.
import type { Contract } from '../spec/contract.js'
import { applicationsOf, foreignNamespaces } from './applications.js'
import { type JsonObject, listAt, numberAt, objectAt, textAt } from './json-value.js'
import { onceEach, type PlacedManifest, platformManifests } from './platform-manifests.js'
import { type Finding, inContract, inFile, type Seam } from './seam.js'
import { sameEnvironment, selects, serves, type Workload, workloadsOf } from './workloads.js'

export const protectionSeam: Seam = {
  name: 'seam/protection',
  async find({ files, contract }) {
    const manifests = await platformManifests(files)
    const workloads = workloadsOf(manifests)
    return onceEach([
      ...unboundNamespaces(manifests, contract),
      ...uncountedPods(manifests),
      ...undisturbed(manifests, workloads),
      ...uncalled(manifests, workloads, contract),
    ])
  },
}

const ofKind = (manifests: readonly PlacedManifest[], kind: string, namespace: string) =>
  manifests.filter(({ manifest }) => manifest.kind === kind && manifest.namespace === namespace)

const deniesAll = ({ manifest: { value } }: PlacedManifest): boolean => {
  const spec = objectAt(value, 'spec')
  return (
    Object.keys(objectAt(spec, 'podSelector')).length === 0 &&
    ['Ingress', 'Egress'].every((type) => listAt(spec, 'policyTypes').includes(type)) &&
    !('ingress' in spec) &&
    !('egress' in spec)
  )
}

/** Namespaces that only our own pods run in; what somebody else's chart needs, only its publisher knows. */
function unboundNamespaces(manifests: readonly PlacedManifest[], contract: Contract): Finding[] {
  if (manifests.length === 0) return []
  const foreign = foreignNamespaces(applicationsOf(manifests))
  return Object.entries(contract.namespaces)
    .filter(([name]) => !foreign.has(name))
    .flatMap(([name, { owner }]) => [
      ...['ResourceQuota', 'LimitRange']
        .filter((kind) => ofKind(manifests, kind, name).length === 0)
        .map((kind) =>
          inContract(owner, `the namespace ${name} has no ${kind}, so one pod can take what all others need`),
        ),
      ...(ofKind(manifests, 'NetworkPolicy', name).some(deniesAll)
        ? []
        : [inContract(owner, `the namespace ${name} has no NetworkPolicy that denies what no other one allows`)]),
    ])
}

/** Where a quota counts something, a pod that does not say it is refused: the limit range says it for it. */
const uncountedPods = (manifests: readonly PlacedManifest[]): Finding[] =>
  manifests
    .filter(({ manifest }) => manifest.kind === 'ResourceQuota')
    .flatMap(({ file, manifest: { name, namespace = '', value } }) =>
      Object.keys(objectAt(value, 'spec', 'hard')).flatMap((counted) => {
        const [, part = '', resource = ''] = /^(requests|limits)\.(cpu|memory)$/.exec(counted) ?? []
        const key = part === 'limits' ? 'default' : 'defaultRequest'
        const said = ofKind(manifests, 'LimitRange', namespace).some(({ manifest }) =>
          listAt(manifest.value, 'spec', 'limits').some((limit) => resource in objectAt(limit, key)),
        )
        return part === '' || said
          ? []
          : [
              inFile(
                file,
                `the quota ${name} counts ${counted}, and no LimitRange of ${namespace} has a ${key} of ${resource}`,
              ),
            ]
      }),
    )

/** Two replicas are for the case that one goes: a drained node must not take both. */
function undisturbed(manifests: readonly PlacedManifest[], workloads: readonly Workload[]): Finding[] {
  const budgets = manifests.filter(({ manifest }) => manifest.kind === 'PodDisruptionBudget')
  return workloads
    .filter(({ kind }) => /^(Deployment|StatefulSet|Rollout)$/.test(kind))
    .filter((workload) => leastReplicas(workload, manifests) > 1)
    .filter(
      ({ labels, namespace, placed }) =>
        !budgets.some(
          (budget) =>
            budget.manifest.namespace === namespace &&
            sameEnvironment(budget, placed) &&
            selects(objectAt(budget.manifest.value, 'spec', 'selector') as JsonObjectValue, labels),
        ),
    )
    .map(({ placed, kind, name }) =>
      inFile(placed.file, `${kind} ${name} has several replicas and no PodDisruptionBudget that selects them`),
    )
}

type JsonObjectValue = Parameters<typeof selects>[0]

function leastReplicas(
  { kind, name, namespace, placed, replicas = 0 }: Workload,
  manifests: readonly PlacedManifest[],
) {
  const scaled = manifests
    .filter(
      ({ manifest: { value, ...one } }) =>
        /^(HorizontalPodAutoscaler|ScaledObject)$/.test(one.kind) &&
        one.namespace === namespace &&
        (textAt(value, 'spec', 'scaleTargetRef', 'kind') || 'Deployment') === kind &&
        textAt(value, 'spec', 'scaleTargetRef', 'name') === name,
    )
    .filter((one) => sameEnvironment(one, placed))
    .map(
      ({ manifest: { value } }) =>
        numberAt(value, 'spec', 'minReplicas') ?? numberAt(value, 'spec', 'minReplicaCount') ?? 0,
    )
  return Math.max(replicas, ...scaled)
}

/** In a namespace that denies everything by default, a service of the contract has a policy of its own pods that says who may call. */
function uncalled(manifests: readonly PlacedManifest[], workloads: readonly Workload[], contract: Contract): Finding[] {
  return Object.values(contract.services).flatMap(({ service, namespace }) => {
    const policies = ofKind(manifests, 'NetworkPolicy', namespace)
    if (!policies.some(deniesAll)) return []
    return ofKind(manifests, 'Service', namespace)
      .filter(({ manifest }) => manifest.name === service)
      .filter((one) => {
        const behind = workloads.filter(
          ({ labels, placed, namespace: own }) =>
            own === namespace && sameEnvironment(one, placed) && serves(one.manifest.value, labels),
        )
        return behind.some(
          ({ labels }) => !policies.some((policy) => sameEnvironment(policy, one) && letsIn(policy, labels)),
        )
      })
      .map(({ file }) => inFile(file, `no NetworkPolicy of its own pods says who may call the service ${service}`))
  })
}

const letsIn = ({ manifest: { value } }: PlacedManifest, labels: JsonObject): boolean => {
  const selector = objectAt(value, 'spec', 'podSelector')
  return (
    Object.keys(selector).length > 0 && listAt(value, 'spec', 'ingress').length > 0 && selects({ ...selector }, labels)
  )
}
