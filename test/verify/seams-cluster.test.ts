// The same for what goes to a cluster: a small design that holds together, and each seam seen failing on one broken name.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { contractSchema } from '../../src/spec/contract.js'
import type { EmittedFile } from '../../src/types.js'
import { kindOf } from '../../src/verify/kinds.js'
import { kustomizeCheck } from '../../src/verify/kustomize.js'
import { ruleTestShapeCheck } from '../../src/verify/rule-tests.js'
import { appliedSeam } from '../../src/verify/seam-charts.js'
import { protectionSeam } from '../../src/verify/seam-protection.js'
import { referenceSeam } from '../../src/verify/seam-references.js'
import { scrapeSeam } from '../../src/verify/seam-scrape.js'
import { CLUSTER_SEAMS, checkSeams } from '../../src/verify/seams.js'
import { applicationSeam } from '../../src/verify/wired-applications.js'
import { dashboardSeam } from '../../src/verify/wired-dashboards.js'
import { emitted, lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated, withFile } = fixtures('cluster')
const without = (path: string) => {
  if (!files().some((file) => file.path === path)) throw new Error(`there is no ${path}`)
  return files().filter((file) => file.path !== path)
}
const CLUSTER = [...CLUSTER_SEAMS, appliedSeam, applicationSeam, dashboardSeam]

const RULES = 'deploy/charts/monitoring/rules/serving.yaml'
const DASHBOARD = 'deploy/charts/monitoring/dashboards/serving.json'
const DEPLOYMENT = 'deploy/charts/serving/templates/deployment.yaml'
const NAMESPACE = 'deploy/cluster/base/namespace.yaml'
const VALUES = 'deploy/charts/serving/values.yaml'

async function failures(some: readonly EmittedFile[]): Promise<string> {
  const contract = contractSchema.parse(parse(some.find((file) => file.path === 'contract.yaml')?.content ?? ''))
  return lines(await checkSeams(some, contract, CLUSTER)).join('\n')
}

const mutations: readonly [string, () => EmittedFile[], string][] = [
  [
    'a namespace that nobody makes',
    () => mutated(DEPLOYMENT, 'namespace: shop-serving', 'namespace: shop-service'),
    `seam/namespace ${DEPLOYMENT} the namespace shop-service is neither`,
  ],
  [
    'a namespace of the contract without a manifest',
    () => mutated(NAMESPACE, 'name: shop-serving', 'name: shop-other'),
    'seam/namespace contract.yaml no manifest makes the namespace shop-serving',
  ],
  [
    'a service account that nobody makes',
    () => mutated(DEPLOYMENT, 'serviceAccountName: serving', 'serviceAccountName: serve'),
    `seam/service-account ${DEPLOYMENT} the service account shop-serving/serve is neither`,
  ],
  [
    'an identity without a service account',
    () =>
      mutated(
        NAMESPACE,
        'kind: ServiceAccount\nmetadata:\n  name: serving',
        'kind: ServiceAccount\nmetadata:\n  name: other',
      ),
    'seam/service-account contract.yaml no manifest makes the service account shop-serving/serving',
  ],
  [
    'a service that nobody makes',
    () => mutated('deploy/charts/serving/templates/service.yaml', 'name: prediction\n', 'name: predictions\n'),
    'seam/service contract.yaml nothing makes the service prediction.shop-serving',
  ],
  [
    'an address to nowhere',
    () => withFile('conf/prod.yaml', 'url: http://predict.shop-serving.svc:8080\n'),
    'seam/service conf/prod.yaml:1 no service is called predict in shop-serving',
  ],
  [
    'another port',
    () => withFile('conf/prod.yaml', 'url: http://prediction.shop-serving.svc:8081\n'),
    'seam/service conf/prod.yaml:1 prediction.shop-serving answers on 8080, not on 8081',
  ],
  [
    'an image that is not in the contract',
    () => mutated('deploy/charts/serving/templates/_names.tpl', '/shop/serving', '/shop/server'),
    `seam/image ${DEPLOYMENT} the contract has no image shop/server`,
  ],
  [
    'an image that nobody builds',
    () => without('docker/serving.Dockerfile'),
    'seam/image contract.yaml no docker/serving.Dockerfile builds images.serving',
  ],
  [
    'a secret that nobody makes',
    () => mutated(NAMESPACE, 'target:\n    name: shop-secrets', 'target:\n    name: shop-secret'),
    `seam/cluster-secret ${DEPLOYMENT} nothing makes the secret shop-secrets in shop-serving`,
  ],
  [
    'a metric that nobody emits',
    () => mutated(RULES, 'shop_latency_seconds_bucket', 'shop_latencies_seconds_bucket'),
    `seam/metric ${RULES}:15 nothing emits the metric shop_latencies_seconds_bucket`,
  ],
  [
    'a metric of a rollout that nobody emits',
    () => mutated('deploy/charts/serving/templates/analysis.yaml', 'shop_requests_total', 'shop_answers_total'),
    'seam/metric deploy/charts/serving/templates/analysis.yaml nothing emits the metric shop_answers_total',
  ],
  [
    'a label that a metric has not',
    () => mutated(DASHBOARD, 'route=', 'path='),
    `seam/metric ${DASHBOARD}:19 the metric shop_latency_seconds_sum has no label path`,
  ],
  [
    'a group by a label that no metric has',
    () => mutated(DASHBOARD, 'by (outcome)', 'by (result)'),
    `seam/metric ${DASHBOARD}:12 no metric of this expression has the label result`,
  ],
  [
    'a recording rule renamed',
    () => mutated(RULES, 'record: shop:errors:rate5m', 'record: shop:errors:rate10m'),
    'nothing emits the metric shop:errors:rate5m',
  ],
  [
    'a metric of others that is not listed',
    () =>
      mutated(
        'deploy/charts/monitoring/external-metrics.yaml',
        'kube_pod_container_status_restarts_total',
        'kube_pod_labels',
      ),
    'nothing emits the metric kube_pod_container_status_restarts_total',
  ],
  [
    'a listed metric that nobody asks for',
    () => mutated('deploy/charts/monitoring/external-metrics.yaml', '      - kube', '      - up\n      - kube'),
    'nothing asks for the metric up',
  ],
  [
    'an alert without a runbook',
    () => without('docs/runbooks/ServingSlow.md'),
    `seam/runbook ${RULES}:14 the alert ServingSlow has no docs/runbooks/ServingSlow.md`,
  ],
  [
    'a runbook that an alert does not name',
    () => mutated(RULES, 'docs/runbooks/ServingSlow.md', 'docs/runbooks/Slow.md'),
    'the alert ServingSlow names the runbook docs/runbooks/Slow.md',
  ],
  [
    'a runbook of no alert',
    () => withFile('docs/runbooks/Flood.md', '# Flood\n'),
    'seam/runbook docs/runbooks/Flood.md no alert is called Flood',
  ],
  [
    'an alert that no test sees firing',
    () =>
      mutated(
        'deploy/charts/monitoring/tests/serving.test.yaml',
        '        exp_alerts:\n          - exp_labels: { severity: critical }',
        '        exp_alerts: []\n        x:\n          - exp_labels: { severity: critical }',
      ),
    `seam/alert-test ${RULES}:6 no test sees the alert ServingErrors fire`,
  ],
  [
    'a test of no alert',
    () => mutated(RULES, 'alert: PodRestarts', 'alert: PodRestart'),
    'no rule defines the alert PodRestarts',
  ],
  [
    'a dashboard uid twice',
    () => [
      ...files(),
      emitted(
        'deploy/charts/monitoring/dashboards/other.json',
        files().find((file) => file.path === DASHBOARD)?.content ?? '',
      ),
    ],
    'seam/unique',
  ],
  [
    'a value that does not exist',
    () => mutated(DEPLOYMENT, '.Values.replicas', '.Values.replica'),
    `seam/helm-values ${DEPLOYMENT}:9 values.yaml of serving has no replica (did you mean replicas?)`,
  ],
  [
    'a value that nobody reads',
    () => mutated(VALUES, 'replicas: 2', 'replicas: 2\nspare: 1'),
    `seam/helm-values ${VALUES}:7 no template of serving reads spare`,
  ],
  [
    'a chart whose values nothing holds to a form',
    () => without('deploy/charts/serving/values.schema.json'),
    `seam/helm-values ${VALUES} the chart serving has no values.schema.json`,
  ],
  [
    'a schema that takes any value',
    () => mutated('deploy/charts/serving/values.schema.json', '"additionalProperties": false,', ''),
    'seam/helm-values deploy/charts/serving/values.schema.json additionalProperties: expected false',
  ],
  [
    'a value whose template is gone',
    () => mutated(VALUES, 'replicas: 2', 'replicas: 2\nautoscaling: { memory: 1 }'),
    `seam/helm-values ${VALUES}:7 no template of serving reads autoscaling.memory`,
  ],
  [
    'a record that no test computes',
    () =>
      mutated(
        RULES,
        '    rules:\n',
        '    rules:\n      - record: shop:latency:mean\n        expr: shop:errors:rate5m\n',
      ),
    `seam/alert-test ${RULES}:4 no test computes what is recorded as shop:latency:mean`,
  ],
  [
    'a record that nobody reads',
    () =>
      mutated(
        RULES,
        '    rules:\n',
        '    rules:\n      - record: shop:latency:mean\n        expr: shop:errors:rate5m\n',
      ),
    `seam/metric ${RULES}:4 nothing reads what is recorded as shop:latency:mean`,
  ],
  [
    'a metric that nobody looks at',
    () =>
      mutated(
        'contract.yaml',
        'prometheus:\n',
        'prometheus:\n  shop_up: { owner: serving, type: gauge, labels: [], unit: info, description: Always 1. }\n',
      ),
    'seam/metric contract.yaml nothing asks for the metric shop_up',
  ],
  [
    'an address to nowhere in a template',
    () => mutated('deploy/charts/serving/templates/analysis.yaml', 'http://prediction.shop', 'http://predictions.shop'),
    'seam/service deploy/charts/serving/templates/analysis.yaml no service is called predictions in shop-serving',
  ],
  [
    'a source that does not exist',
    () => mutated('docker/serving.Dockerfile', 'COPY src /app/src', 'COPY source /app/src'),
    'seam/docker-copy docker/serving.Dockerfile:2 COPY source: there is no such file or folder',
  ],
  [
    'a chart that nobody installs',
    () => mutated('deploy/argocd/values.yaml', '[serving, monitoring]', '[serving]'),
    'wired/application deploy/charts/monitoring/Chart.yaml no application of Argo CD installs the chart monitoring',
  ],
  [
    'a manifest that no kustomization names',
    () => withFile('deploy/cluster/base/extra.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n'),
    'wired/cluster deploy/cluster/base/extra.yaml no kustomization beside it names this manifest',
  ],
  [
    'a file that a template reads and the chart has not',
    () => without('deploy/charts/monitoring/alertmanager.yaml'),
    'wired/cluster deploy/charts/monitoring/templates/dashboards.yaml:11 the chart has no file alertmanager.yaml',
  ],
  [
    'a partial template that nobody includes',
    () => withFile('deploy/charts/serving/templates/_more.tpl', '{{- define "serving.more" -}}x{{- end }}\n'),
    'wired/cluster deploy/charts/serving/templates/_more.tpl nothing in its chart uses it',
  ],
]

describe('seams of the cluster', () => {
  it('find nothing where all names agree', async () => expect(await failures(files())).toBe(''))

  it.each(mutations)('find %s', async (_, some, expected) => expect(await failures(some())).toContain(expected))

  it('each have a mutation', () => {
    // What only whole files can break has a list of its own: seams-whole-files.test.ts.
    const whole = [applicationSeam, dashboardSeam, protectionSeam, referenceSeam, scrapeSeam]
    const text = mutations.map(([, , expected]) => expected).join('\n')
    expect(CLUSTER.filter((seam) => !whole.includes(seam)).filter(({ name }) => !text.includes(name))).toEqual([])
  })
})

describe('kustomize/structure', () => {
  const DEV = 'deploy/cluster/overlays/dev/kustomization.yaml'
  const check = async (some: readonly EmittedFile[]) =>
    lines(
      await kustomizeCheck.run(
        some.filter((file) => kindOf(file) === 'kustomization'),
        some,
      ),
    ).join('\n')
  it('accepts what is right', async () => expect(await check(files())).toBe(''))
  it.each([
    [
      'a base that is not there',
      () => mutated(DEV, '../../base', '../../basis'),
      `${DEV}:4 ../../basis is neither a file nor`,
    ],
    [
      'a patch that is not there',
      () => mutated(DEV, 'path: quota.yaml', 'path: quotas.yaml'),
      `${DEV}:6 the patch quotas.yaml does not exist`,
    ],
    [
      'a patch of nothing',
      () => mutated(DEV, 'name: serving', 'name: service'),
      'nothing that this builds on is a ResourceQuota called service',
    ],
    [
      'an unknown key',
      () => mutated(DEV, 'resources:', 'resource:'),
      'kustomize knows no resource (did you mean resources?)',
    ],
  ] as const)('refuses %s', async (_, some, expected) => expect(await check(some())).toContain(expected))
})

describe('prometheus/test-shape', () => {
  const TEST = 'deploy/charts/monitoring/tests/serving.test.yaml'
  const check = async (some: readonly EmittedFile[]) =>
    lines(
      await ruleTestShapeCheck.run(
        some.filter((file) => file.path === TEST),
        some,
      ),
    ).join('\n')
  it('accepts what is right', async () => expect(await check(files())).toBe(''))
  it.each([
    ['an unknown key', () => mutated(TEST, 'alertname: ServingSlow', 'alert: ServingSlow'), `${TEST}:`],
    [
      'rules that are not there',
      () => mutated(TEST, '../rules/serving.yaml', '../rules/serve.yaml'),
      'there are no rules ../rules/serve.yaml',
    ],
  ] as const)('refuses %s', async (_, some, expected) => expect(await check(some())).toContain(expected))
})
