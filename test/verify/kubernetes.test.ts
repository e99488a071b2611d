// Every fault is planted in a text that is right, so that what is found is the fault; kubeconform is asked the same where it is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubernetesCheck, manifestProblems } from '../../src/verify/kubernetes.js'
import { temporaryFolder } from '../temporary.js'
import { emitted, lines } from './emitted.js'

const RIGHT = readFileSync(join(import.meta.dirname, 'fixtures/manifests/shop.yaml'), 'utf8')

function mutated(from: string, to: string): string {
  if (!RIGHT.includes(from)) throw new Error(`the fixture does not contain ${from}`)
  return RIGHT.replace(from, to)
}
const lineOf = (text: string) => RIGHT.slice(0, RIGHT.indexOf(text)).split('\n').length
const found = async (text: string) => (await manifestProblems(text)).map(({ line, message }) => `${line} ${message}`)

/** Faults of structure: kubeconform refuses each of them too. */
const STRUCTURE: readonly [string, string, string, string][] = [
  [
    'a field that does not exist',
    'replicas: 2',
    'replica: 2',
    'Deployment prediction: spec.replica: replica is not known here',
  ],
  ['a field of another type', 'replicas: 2', 'replicas: "2"', 'spec.replicas: expected integer, got "2"'],
  ['a number out of its range', 'replicas: 2', 'replicas: 3000000000', 'expected the format int32'],
  ['a missing field', '  maxReplicas: 6\n', '', 'maxReplicas is missing'],
  ['a field under another parent', 'strategy:\n    canary:', 'canary:', 'spec.canary: canary is not known here'],
  [
    'a value out of a list',
    'minReplicaCount: 1',
    'fallback: { replicas: 1, failureThreshold: 1, behavior: none }',
    'expected one of',
  ],
  [
    'a kind in a wrong group',
    'apiVersion: networking.istio.io/v1',
    'apiVersion: networking.istio.com/v1',
    'no schema is known for the kind VirtualService of networking.istio.com/v1',
  ],
  [
    'a version that is gone',
    'apiVersion: autoscaling/v2',
    'apiVersion: autoscaling/v2beta2',
    'no schema is known for the kind HorizontalPodAutoscaler of autoscaling/v2beta2',
  ],
  [
    'a boolean of YAML 1.1 where a text belongs',
    'value: "prod"',
    'value: on',
    'env.0.value: expected string, got true',
  ],
  ['a number where a text belongs', 'value: "4"', 'value: 4', 'env.1.value: expected string, got 4'],
]

/** Faults between fields, which schemas cannot see. */
const RULES: readonly [string, string, string, string][] = [
  [
    'both bounds of a disruption budget',
    'minAvailable: 1',
    'minAvailable: 1\n  maxUnavailable: 1',
    'PodDisruptionBudget prediction: spec: expected exactly one of minAvailable and maxUnavailable, got 2',
  ],
  ['a budget that blocks every drain', 'minAvailable: 1', 'maxUnavailable: 0', 'this budget lets no pod go'],
  [
    'a selector that misses its pods',
    'labels: { app: prediction }\n    spec:',
    'labels: { app: predictor }\n    spec:',
    'the pods of the template have no label app: prediction',
  ],
  ['an autoscaler upside down', 'minReplicas: 2', 'minReplicas: 7', 'minReplicas 7 is more than maxReplicas 6'],
  [
    'an event scaler upside down',
    'minReplicaCount: 1',
    'minReplicaCount: 5',
    'minReplicaCount 5 is more than maxReplicaCount 4',
  ],
  ['more than all traffic', 'setWeight: 5', 'setWeight: 110', 'a weight lies from 0 to 100, got 110'],
  [
    'two strategies',
    '    canary:\n',
    '    blueGreen: { activeService: prediction }\n    canary:\n',
    'expected exactly one of canary and blueGreen, got 2',
  ],
  [
    'a rollout of nothing',
    '  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: prediction }\n',
    '',
    'expected exactly one of workloadRef and template, got 0',
  ],
  ['weights that do not sum up', 'weight: 10', 'weight: 15', 'the weights of a route sum up to 100, got 105'],
  [
    'the same variable twice',
    'name: OMP_NUM_THREADS',
    'name: SHOP_ENVIRONMENT',
    'one container sets twice SHOP_ENVIRONMENT',
  ],
  [
    'a volume that is not there',
    'volumeMounts:\n            - { name: scratch',
    'volumeMounts:\n            - { name: scratches',
    'the pod has no volume scratches',
  ],
  [
    'a volume that nobody mounts',
    '        - name: scratch\n',
    '        - { name: spare, emptyDir: {} }\n        - name: scratch\n',
    'no container mounts the volume spare',
  ],
  ['a request over its limit', 'memory: 1Gi }', 'memory: 4Gi }', 'the request 4Gi of memory is over its limit 2Gi'],
  ['no quantity', 'cpu: 500m', 'cpu: half', 'expected a quantity such as 500m or 2Gi, got half'],
  ['a probe of no port', 'path: /ready, port: http', 'path: /ready, port: web', 'a probe asks the port web'],
  ['two ports of one name', 'name: grpc, port', 'name: http, port', 'two ports are called http'],
  ['no schedule', '15 3 * * 1-5', '15 3 * *', 'expected five fields of cron, got 15 3 * *'],
  ['an entrypoint to nowhere', 'entrypoint: main', 'entrypoint: start', 'the entrypoint start is none of main'],
  [
    'a name that is no name',
    'name: shop-serving\n  labels',
    'name: shop_serving\n  labels',
    'the name of a Namespace has',
  ],
  ['no name', 'generateName: train-', 'labels: {}', 'metadata.name is missing'],
  ['a label that is none', 'part-of: shop', 'part-of: "shop & co"', 'a label has at most 63'],
  [
    'an object twice',
    'apiVersion: policy/v1',
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop-serving }\n---\napiVersion: policy/v1',
    'Namespace shop-serving is defined twice',
  ],
  ['no kind', 'kind: Namespace\n', '', 'apiVersion and kind must be given'],
  ['text that does not parse', 'kind: Namespace', 'kind: [Namespace', 'Flow sequence'],
]

describe('kubernetes/schema', () => {
  it('accepts what is right', async () => {
    expect(await found(RIGHT)).toEqual([])
    const results = await kubernetesCheck.run([emitted('deploy/shop.yaml', RIGHT)], [])
    expect(results).toMatchObject([{ status: 'pass', tool: 'schemas of Kubernetes', version: '1.34.4' }])
  })

  it.each([...STRUCTURE, ...RULES])('refuses %s', async (_, from, to, reason) => {
    expect((await found(mutated(from, to))).join('\n')).toContain(reason)
  })

  it('points at the line', async () => {
    const text = mutated('replicas: 2', 'replicas: two')
    const results = await kubernetesCheck.run([emitted('deploy/shop.yaml', text)], [])
    expect(lines(results)).toEqual([
      `kubernetes/schema deploy/shop.yaml:${lineOf('replicas: 2')} Deployment prediction: spec.replicas: expected integer, got "two"`,
    ])
  })

  it('reads times of day and the like as the text that they are for Go', async () => {
    expect(await found(mutated('value: "prod"', 'value: 12:30'))).toEqual([])
  })
})

const toolchain = process.env.MLOPS_TOOLCHAIN ?? ''
const kubeconform = join(toolchain, 'bin/kubeconform')
/** Where it says otherwise: it lets numbers over 32 bits pass, which the API server refuses, and picks schemas by the group's first word. */
const LENIENT = ['a number out of its range', 'a kind in a wrong group']

const compared = existsSync(kubeconform) ? it : undefined
compared?.('gives the verdicts of kubeconform on structure', { timeout: 120_000 }, () => {
  const folder = temporaryFolder('kubeconform')
  const cases = [['right', RIGHT] as const, ...STRUCTURE.map(([name, from, to]) => [name, mutated(from, to)] as const)]
  cases.forEach(([, text], index) => {
    writeFileSync(join(folder, `${index}.yaml`), text)
  })
  const location = `${toolchain}/schemas/kubernetes/{{ .ResourceKind }}{{ .KindSuffix }}.json`
  const said = spawnSync(kubeconform, ['-strict', '-output', 'json', '-schema-location', location, folder]).stdout
  const { resources } = JSON.parse(said.toString()) as { resources: { filename: string }[] }
  const refused = new Set(resources.map(({ filename }) => Number(basename(filename, '.yaml'))))
  expect(cases.filter((_, index) => refused.has(index)).map(([name]) => name)).toEqual(
    STRUCTURE.map(([name]) => name).filter((name) => !LENIENT.includes(name)),
  )
})
