// What no structural schema can say about one object: fields that must agree with each other. The cluster refuses these, or worse, does not.
import { at, isObject, listAt, numberAt, objectAt, textAt } from './json-value.js'
import { podProblems } from './kubernetes-pods.js'
import type { Manifest } from './manifests.js'
import type { StructuralProblem } from './structural.js'

type Rule = (value: Manifest['value']) => StructuralProblem[]

const problem = (path: StructuralProblem['path'], message: string): StructuralProblem => ({ path, message })

const autoscaler =
  (low: string, high: string): Rule =>
  (value) => {
    const [min, max] = [numberAt(value, 'spec', low), numberAt(value, 'spec', high)]
    return min !== undefined && max !== undefined && min > max
      ? [problem(['spec', low], `${low} ${min} is more than ${high} ${max}`)]
      : []
  }

const disruptionBudget: Rule = (value) => {
  const spec = objectAt(value, 'spec')
  const set = ['minAvailable', 'maxUnavailable'].filter((name) => name in spec)
  if (set.length !== 1)
    return [problem(['spec'], `expected exactly one of minAvailable and maxUnavailable, got ${set.length}`)]
  const blocks = spec.maxUnavailable === 0 || spec.maxUnavailable === '0%' || spec.minAvailable === '100%'
  return blocks ? [problem(['spec'], 'this budget lets no pod go, so no node can ever be drained')] : []
}

/** The selector of a workload picks the pods of its own template, or it is refused. */
const selector: Rule = (value) => {
  if (at(value, 'spec', 'template') === undefined) return []
  const labels = objectAt(value, 'spec', 'template', 'metadata', 'labels')
  return Object.entries(objectAt(value, 'spec', 'selector', 'matchLabels'))
    .filter(([name, wanted]) => labels[name] !== wanted)
    .map(([name, wanted]) =>
      problem(['spec', 'selector', 'matchLabels', name], `the pods of the template have no label ${name}: ${wanted}`),
    )
}

const rollout: Rule = (value) => {
  const strategies = ['canary', 'blueGreen'].filter((name) => at(value, 'spec', 'strategy', name) !== undefined)
  const sources = ['workloadRef', 'template'].filter((name) => at(value, 'spec', name) !== undefined)
  const weights = listAt(value, 'spec', 'strategy', 'canary', 'steps').flatMap((one, index) => {
    const weight = numberAt(one, 'setWeight') ?? numberAt(one, 'setMirrorRoute', 'percentage')
    return weight !== undefined && (weight < 0 || weight > 100)
      ? [problem(['spec', 'strategy', 'canary', 'steps', index], `a weight lies from 0 to 100, got ${weight}`)]
      : []
  })
  return [
    ...(strategies.length === 1
      ? []
      : [problem(['spec', 'strategy'], `expected exactly one of canary and blueGreen, got ${strategies.length}`)]),
    ...(sources.length === 1
      ? []
      : [problem(['spec'], `expected exactly one of workloadRef and template, got ${sources.length}`)]),
    ...weights,
    ...selector(value),
  ]
}

/** Parts of the traffic of one route are all of it. */
const virtualService: Rule = (value) =>
  ['http', 'tcp', 'tls'].flatMap((protocol) =>
    listAt(value, 'spec', protocol).flatMap((one, index) => {
      const weights = listAt(one, 'route').map((target) => numberAt(target, 'weight'))
      const sum = weights.reduce<number>((total, weight) => total + (weight ?? 0), 0)
      return weights.length > 1 && sum !== 100
        ? [problem(['spec', protocol, index, 'route'], `the weights of a route sum up to 100, got ${sum}`)]
        : []
    }),
  )

const ports: Rule = (value) => {
  const names = listAt(value, 'spec', 'ports').map((port) => textAt(port, 'name'))
  const twice = names.filter((name, index) => name !== '' && names.indexOf(name) !== index)
  return [
    ...(names.length > 1 && names.includes('') ? [problem(['spec', 'ports'], 'several ports need a name each')] : []),
    ...twice.map((name) => problem(['spec', 'ports'], `two ports are called ${name}`)),
  ]
}

const workflow: Rule = (value) => {
  if (at(value, 'spec', 'workflowTemplateRef') !== undefined) return []
  const entry = textAt(value, 'spec', 'entrypoint')
  const templates = listAt(value, 'spec', 'templates').map((one) => textAt(one, 'name'))
  return templates.includes(entry)
    ? []
    : [problem(['spec', 'entrypoint'], `the entrypoint ${entry || '(none)'} is none of ${templates.join(', ')}`)]
}

const CRON = /^(@(hourly|daily|weekly|monthly|yearly|annually|midnight)|([\d*/,A-Za-z-]+\s+){4}[\d*/,A-Za-z-]+)$/

const cronJob: Rule = (value) => {
  const schedule = textAt(value, 'spec', 'schedule')
  return CRON.test(schedule) ? [] : [problem(['spec', 'schedule'], `expected five fields of cron, got ${schedule}`)]
}

const metrics: Rule = (value) => {
  const names = listAt(value, 'spec', 'metrics').map((metric) => textAt(metric, 'name'))
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => problem(['spec', 'metrics'], `two metrics are called ${name}`))
}

/** By kind; groups are left out, as no two of these share a kind. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  PodDisruptionBudget: [disruptionBudget],
  HorizontalPodAutoscaler: [autoscaler('minReplicas', 'maxReplicas')],
  ScaledObject: [autoscaler('minReplicaCount', 'maxReplicaCount')],
  ScaledJob: [autoscaler('minReplicaCount', 'maxReplicaCount')],
  Rollout: [rollout],
  Deployment: [selector],
  StatefulSet: [selector],
  DaemonSet: [selector],
  ReplicaSet: [selector],
  VirtualService: [virtualService],
  Service: [ports],
  Workflow: [workflow],
  WorkflowTemplate: [workflow],
  CronJob: [cronJob],
  AnalysisTemplate: [metrics],
}

/** Problems of one object beyond its structure. */
export function ruleProblems(manifest: Manifest): StructuralProblem[] {
  const { value, kind } = manifest
  return [
    ...names(manifest),
    ...labels(value),
    ...podProblems(value),
    ...(RULES[kind] ?? []).flatMap((rule) => rule(value)),
  ]
}

/** Names of most kinds are DNS subdomains; those that end up in host names are labels of at most 63 characters. */
const LABELS = new Set(['Namespace', 'Service', 'InferenceService', 'Rollout', 'StatefulSet'])
/** Role names may carry colons. */
const FREE = /^(Cluster)?Role(Binding)?$/

function names({ kind, name, value }: Manifest): StructuralProblem[] {
  if (name === '')
    return textAt(value, 'metadata', 'generateName') === '' && kind !== 'Kustomization'
      ? [problem(['metadata'], 'metadata.name is missing')]
      : []
  const label = LABELS.has(kind)
  const fits = label
    ? /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)
    : /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(name)
  if (fits || FREE.test(kind)) return []
  const expected = label ? 'at most 63 lower-case letters, digits and hyphens' : 'lower-case letters, digits, - and .'
  return [problem(['metadata', 'name'], `the name of a ${kind} has ${expected}, got ${name}`)]
}

function labels(value: Manifest['value']): StructuralProblem[] {
  const own = at(value, 'metadata', 'labels')
  if (!isObject(own)) return []
  return Object.entries(own)
    .filter(([, text]) => typeof text === 'string' && !/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/.test(text))
    .map(([name, text]) =>
      problem(['metadata', 'labels', name], `a label has at most 63 letters, digits, -, _ and ., got ${text}`),
    )
}
