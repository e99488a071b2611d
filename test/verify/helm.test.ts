// Charts under Helm's own engine, with the values of every environment; what they render is held to the cluster's schemas.
import { describe, expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { helmCheck, renderedCharts } from '../../src/verify/helm.js'
import { kindOf } from '../../src/verify/kinds.js'
import { lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated, withFile } = fixtures('cluster')
const CHART = 'deploy/charts/serving'
const DEPLOYMENT = `${CHART}/templates/deployment.yaml`

async function check(some: readonly EmittedFile[]) {
  const own = some.filter((file) => helmCheck.kinds.includes(kindOf(file)))
  return helmCheck.run(own, some)
}

const faults: readonly [string, () => EmittedFile[], string][] = [
  [
    'a template that does not parse',
    () => mutated(DEPLOYMENT, '{{ .Values.memory }}', '{{ .Values.memory }'),
    `${DEPLOYMENT}:31`,
  ],
  ['a function that does not exist', () => mutated(DEPLOYMENT, '| nindent 4', '| nindents 4'), 'nindents'],
  [
    'a helper template that does not exist',
    () => mutated(DEPLOYMENT, 'include "serving.image"', 'include "serving.picture"'),
    'serving.picture',
  ],
  [
    'a value that the schema refuses',
    () => mutated('deploy/environments/prod/serving.yaml', 'replicas: 3', 'replicas: none'),
    'replicas',
  ],
  [
    'a value that the schema does not know',
    () => mutated('deploy/environments/dev/serving.yaml', 'replicas: 1', 'replica: 1'),
    'replica',
  ],
  [
    'a field that the cluster does not know',
    () => mutated(DEPLOYMENT, 'matchLabels:', 'matchLabel:'),
    `helm/kubernetes ${DEPLOYMENT}:11 rendered for dev: Deployment prediction: spec.selector.matchLabel: matchLabel is not known here`,
  ],
  [
    'a rendered selector that misses its pods',
    () => mutated(DEPLOYMENT, 'app: prediction\n  template', 'app: predictor\n  template'),
    'the pods of the template have no label app: predictor',
  ],
  ['a chart without a version', () => mutated(`${CHART}/Chart.yaml`, 'version: 0.1.0\n', ''), `${CHART}/Chart.yaml`],
  ['YAML that only breaks when it is rendered', () => mutated(DEPLOYMENT, 'nindent 4', 'nindent 1'), DEPLOYMENT],
  [
    'values for a chart that does not exist',
    () => withFile('deploy/environments/dev/orchestrator.yaml', 'replicas: 1\n'),
    'deploy/environments/dev/orchestrator.yaml no chart of this repository uses it',
  ],
]

describe('helm', () => {
  it('accepts what is right, every file of it', async () => {
    const results = await check(files())
    expect(lines(results)).toEqual([])
    expect(lines(results, 'not run')).toEqual([])
    const own = files().filter((file) => helmCheck.kinds.includes(kindOf(file)))
    expect(new Set(results.map((result) => result.file))).toEqual(new Set(own.map((file) => file.path)))
    expect(new Set(results.map(({ tool }) => tool))).toEqual(new Set(['helm', 'schemas of Kubernetes']))
  })

  it('renders with the values of each environment, and with stand-ins for what only an installation knows', async () => {
    const all = await renderedCharts(files())
    const deployments = all.filter(({ file }) => file.path === DEPLOYMENT)
    expect(deployments.map(({ environment }) => environment)).toEqual(['dev', 'prod'])
    expect(deployments[1]?.text).toContain('replicas: 3')
    expect(deployments[1]?.text).toContain('image: registry.example.com/shop/serving:initial')
  })

  it.each(faults)('refuses %s', async (_, some, expected) => {
    expect(lines(await check(some())).join('\n')).toContain(expected)
  })
})
