// What protects the cluster from its own pods stays: policies, quotas, budgets of disruption, roles, the judging of a rollout.
import type { EmittedFile, Json } from '../types.js'
import { amount, directionOf, movedLooser } from './guard-directions.js'
import { type ClusterObject, clusterObjects, templateWords } from './guard-objects.js'
import { type GuardRule, type GuardSubject, type Loss, more, nowAt, readAll } from './guard-subject.js'
import { differences, leaves } from './guard-values.js'
import { at, listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { quantity } from './kubernetes-pods.js'

/** Kinds that do nothing but protect, watch or scale others. */
const PROTECTS =
  /^(NetworkPolicy|PodDisruptionBudget|ResourceQuota|LimitRange|PeerAuthentication|AuthorizationPolicy|RequestAuthentication|AnalysisTemplate|ClusterAnalysisTemplate|HorizontalPodAutoscaler|ScaledObject|ServiceMonitor|PodMonitor|PrometheusRule|DestinationRule|Certificate|Namespace|ServiceAccount|ExternalSecret|Rollout|\w*Policy)$/

export const clusterRule: GuardRule = {
  name: 'guard/cluster',
  async find(subject) {
    const [was, is] = [
      (await readAll(subject.before, clusterObjects)).flat(),
      (await readAll(subject.after, clusterObjects)).flat(),
    ]
    const losses: Loss[] = []
    for (const object of was) {
      const now = is.find(({ id }) => id === object.id)
      const file = nowAt(subject, object.file)
      if (now !== undefined) losses.push(...changed(object, now, subject))
      else if (PROTECTS.test(object.kind) && !renamed(object, is, was))
        losses.push({ file, reason: `${object.id} is gone; keep it` })
    }
    for (const object of is) if (!was.some(({ id }) => id === object.id)) losses.push(...opened(undefined, object))
    for (const { before, after } of subject.changes)
      if (before !== undefined && kindOf(after) === 'helm-template') losses.push(...wordsGone(before, after))
    return losses
  },
}

/** The same object under another name, e.g. in another namespace. */
const renamed = (object: ClusterObject, is: readonly ClusterObject[], was: readonly ClusterObject[]): boolean =>
  is.some(
    (one) =>
      one.kind === object.kind &&
      !was.some(({ id }) => id === one.id) &&
      differences(objectAt(object.value, 'spec') as Json, objectAt(one.value, 'spec') as Json).length === 0,
  )

function changed(was: ClusterObject, is: ClusterObject, subject: GuardSubject): Loss[] {
  return [...opened(was, is), ...loosenedFields(was, is, subject)]
}

function opened(was: ClusterObject | undefined, is: ClusterObject): Loss[] {
  const said = (reason: string): Loss => ({ file: is.file, line: is.line, reason: `${is.id}: ${reason}` })
  const written = [...leaves(at(is.value, 'stringData') ?? at(is.value, 'data'))].length
  if (is.kind === 'Secret' && written > 0 && kindOf(is.file) === 'kubernetes' && was === undefined)
    return [said('a secret stands in a file that everybody reads; take it from the store')]
  if (is.kind === 'NetworkPolicy') return policyOpened(was?.value, is.value).map(said)
  if (was === undefined) return []
  if (is.kind === 'PodDisruptionBudget') {
    const [before, after] = [at(was.value, 'spec', 'maxUnavailable'), at(is.value, 'spec', 'maxUnavailable')]
    const [least, now] = [at(was.value, 'spec', 'minAvailable'), at(is.value, 'spec', 'minAvailable')]
    const more =
      before !== undefined &&
      (after === undefined
        ? now === undefined
        : (amount(after) ?? 0) > (amount(before) ?? 0) || /%$/.test(`${after}`) !== /%$/.test(`${before}`))
    const fewer =
      least !== undefined && (now === undefined ? after === undefined : (amount(now) ?? 0) < (amount(least) ?? 0))
    return more || fewer ? [said('more pods may be taken away at once; keep the bound')] : []
  }
  if (is.kind === 'ResourceQuota')
    return Object.entries(objectAt(was.value, 'spec', 'hard')).flatMap(([key, value]) => {
      const now = at(is.value, 'spec', 'hard', key)
      if (now === undefined) return [said(`the quota of ${key} is gone; keep it`)]
      const [before, after] = [quantity(value), quantity(now)]
      const far = before !== undefined && after !== undefined && (after > before * 10 || (before === 0 && after > 0))
      return far
        ? [said(`the quota of ${key} went from ${String(value)} to ${String(now)}; state the size in the requirements`)]
        : []
    })
  if (is.kind === 'Namespace') {
    const rank = ['privileged', 'baseline', 'restricted']
    const label = 'pod-security.kubernetes.io/enforce'
    const [before, after] = [
      rank.indexOf(textAt(was.value, 'metadata', 'labels', label)),
      rank.indexOf(textAt(is.value, 'metadata', 'labels', label)),
    ]
    return after < before ? [said(`pods may do more than ${rank[before]} allows; keep ${label}`)] : []
  }
  if (
    is.kind === 'ServiceAccount' &&
    at(was.value, 'automountServiceAccountToken') === false &&
    at(is.value, 'automountServiceAccountToken') !== false
  )
    return [said('its pods get a token of the cluster; keep automountServiceAccountToken: false')]
  if (
    is.kind === 'PeerAuthentication' &&
    textAt(was.value, 'spec', 'mtls', 'mode') === 'STRICT' &&
    textAt(is.value, 'spec', 'mtls', 'mode') !== 'STRICT'
  )
    return [said('pods may be spoken to without TLS; keep STRICT')]
  return []
}

const peers = (value: Json | undefined, way: 'ingress' | 'egress') => {
  const side = way === 'ingress' ? 'from' : 'to'
  return listAt(value, 'spec', way).flatMap((rule) => {
    const ports = JSON.stringify(at(rule, 'ports') ?? 'all')
    const named = listAt(rule, side)
    return named.length === 0
      ? [{ whom: 'anybody', ports }]
      : named.map((one) => ({ whom: JSON.stringify(one), ports }))
  })
}

function policyOpened(was: Json | undefined, is: Json): string[] {
  const found: string[] = []
  for (const way of ['ingress', 'egress'] as const) {
    const before = peers(was, way)
    for (const { whom, ports } of peers(is, way)) {
      const known = before.filter((one) => one.whom === whom)
      const wide = whom === 'anybody' || /"(0\.0\.0\.0|::)\/0"/.test(whom) || whom === '{"namespaceSelector":{}}'
      // What a new policy lets out by named ports, it does not let in.
      const named = was === undefined && way === 'egress' && ports !== '"all"'
      if (wide && !named && !known.some((one) => one.ports === ports))
        found.push(`it opens ${way} ${way === 'ingress' ? 'from' : 'to'} everywhere; name who and which ports`)
      else if (known.length > 0 && ports === '"all"' && known.every((one) => one.ports !== ports))
        found.push(`every port is open for ${whom}; keep the ports`)
    }
  }
  const types = (value: Json | undefined) => listAt(value, 'spec', 'policyTypes').map(String)
  for (const type of types(was))
    if (!types(is).includes(type)) found.push(`it no longer governs ${type}; keep policyTypes`)
  if (
    was !== undefined &&
    JSON.stringify(at(was, 'spec', 'podSelector')) === '{}' &&
    JSON.stringify(at(is, 'spec', 'podSelector')) !== '{}'
  )
    found.push('it no longer covers every pod of the namespace; keep podSelector: {}')
  return found
}

const JUDGES =
  /^(failureLimit|inconclusiveLimit|consecutiveErrorLimit|failureThreshold|outlierDetection|consecutive5xxErrors|maxEjectionPercent)$/

/** Bounds and switches of any object, and the parts by which a release is judged. */
function loosenedFields(was: ClusterObject, is: ClusterObject, { about }: GuardSubject): Loss[] {
  if (/^(ResourceQuota|PodDisruptionBudget|NetworkPolicy|LimitRange)$/.test(is.kind)) return []
  const said = (reason: string): Loss => ({ file: is.file, line: is.line, reason: `${is.id}: ${reason}` })
  const kept = new Set([...leaves(is.value)].map(({ path, value }) => `${path.at(-1)} ${JSON.stringify(value)}`))
  return differences(was.value, is.value).flatMap((one): Loss[] => {
    const key = String(one.path.at(-1))
    const name = one.path.join('.')
    const inPod = one.path.some((part) =>
      /^(containers|initContainers|securityContext|env|args|volumes)$/.test(String(part)),
    )
    if (one.is === undefined) {
      if (/^(AnalysisTemplate|ClusterAnalysisTemplate)$/.test(is.kind) && one.path.at(-2) === 'metrics')
        return [said(`the measure ${key} is gone; keep it`)]
      const judges = [...leaves(one.was, one.path)].some(({ path }) => /analysis|templateName/i.test(path.join('.')))
      return is.kind === 'Rollout' && judges && !kept.has(`${key} ${JSON.stringify(one.was)}`)
        ? [said(`${name} is gone: the release is not judged there; keep it`)]
        : []
    }
    if (one.was === undefined || inPod) return []
    if (/^(successCondition|failureCondition)$/.test(key))
      return [said(`${key} was rewritten; keep it, and move its bound in the values`)]
    const direction = JUDGES.test(key) ? 'cap' : directionOf([key])
    const why =
      direction === undefined
        ? undefined
        : movedLooser(direction, one.was, one.is, `${is.file.path} ${name}`, about.stated)
    return why === undefined ? [] : [said(`${name} ${why}`)]
  })
}

/** Refusals of a template, and the parts that judge or protect, which it takes from a block of its own. */
function wordsGone(before: EmittedFile, after: EmittedFile): Loss[] {
  const never = (text: string) =>
    [...text.matchAll(/\{\{-?\s*if\s+(\(?(and\s+)?false\b|\(?eq 0 1|\(?not true)/g)].length
  if (never(after.content) > never(before.content))
    return [{ file: after, reason: 'a part of the template is never rendered; keep it' }]
  return more(templateWords(after.content), templateWords(before.content))
    .filter((word) =>
      /^a refusal|analysis|measure|live|hashes|probe|security|policy|errors|latency|lookup|distance/i.test(word),
    )
    .map((word) => ({ file: after, reason: `${word === '' ? 'a part' : word} is gone from the template; keep it` }))
}
