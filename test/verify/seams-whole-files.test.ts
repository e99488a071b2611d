// What holds a design for a cluster together beyond single names: each file that goes, and each that nobody needs, is named by a check.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { contractSchema } from '../../src/spec/contract.js'
import type { EmittedFile } from '../../src/types.js'
import type { Seam } from '../../src/verify/seam.js'
import { protectionSeam } from '../../src/verify/seam-protection.js'
import { referenceSeam } from '../../src/verify/seam-references.js'
import { scrapeSeam } from '../../src/verify/seam-scrape.js'
import { checkSeams } from '../../src/verify/seams.js'
import { deletionSurvivors } from '../../src/verify/wired.js'
import { applicationSeam } from '../../src/verify/wired-applications.js'
import { dashboardSeam, namedDashboardSeam } from '../../src/verify/wired-dashboards.js'
import { lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated, withFile } = fixtures('cluster')
const without = (path: string) => {
  if (!files().some((file) => file.path === path)) throw new Error(`there is no ${path}`)
  return files().filter((file) => file.path !== path)
}
const contractOf = (some: readonly EmittedFile[]) =>
  contractSchema.parse(parse(some.find((file) => file.path === 'contract.yaml')?.content ?? ''))
const failures = async (seam: Seam, some: readonly EmittedFile[]) =>
  lines(await checkSeams(some, contractOf(some), [seam])).join('\n')

const CHARTS = 'deploy/charts'
const SERVING = `${CHARTS}/serving/templates`
const MONITORING = `${CHARTS}/monitoring`
const ARGOCD = 'deploy/argocd/templates/applications.yaml'
const BASE = 'deploy/cluster/base'

type Case = readonly [string, () => EmittedFile[], string]

const cases: readonly (readonly [Seam, readonly Case[]])[] = [
  [
    applicationSeam,
    [
      [
        'a chart of the contract that is not there',
        () => mutated('contract.yaml', 'charts:\n', 'charts:\n  tracker: { owner: workloads, description: Runs. }\n'),
        'contract.yaml there is no Chart.yaml of the chart tracker',
      ],
      [
        'a chart that is in no contract',
        () => withFile(`${CHARTS}/extra/Chart.yaml`, 'apiVersion: v2\nname: extra\nversion: 0.1.0\n'),
        `${CHARTS}/extra/Chart.yaml the contract has no chart extra`,
      ],
      [
        'applications that nothing keeps in sync',
        () => mutated(ARGOCD, 'path: deploy/argocd', 'path: deploy/charts/serving'),
        'deploy/argocd/Chart.yaml no application of Argo CD installs the chart applications',
      ],
      [
        'an overlay that is gone',
        () => without('deploy/cluster/overlays/prod/kustomization.yaml'),
        `${ARGOCD} the application cluster in prod installs deploy/cluster/overlays/prod, which is neither`,
      ],
      [
        'an overlay that nobody builds',
        () => withFile('deploy/cluster/overlays/test/kustomization.yaml', 'resources:\n  - ../../base\n'),
        'deploy/cluster/overlays/test/kustomization.yaml neither an application of Argo CD nor another kustomization',
      ],
      [
        'values that are gone',
        () => without('deploy/environments/prod/serving.yaml'),
        `${ARGOCD} the application serving in prod reads the values deploy/environments/prod/serving.yaml, which do not`,
      ],
      [
        'an environment without values for a chart',
        () => without('deploy/environments/prod/applications.yaml'),
        'deploy/argocd/Chart.yaml the chart applications has no values for the environment prod',
      ],
      [
        "values of somebody else's chart that are gone",
        () => without('deploy/operators/grafana.yaml'),
        `${ARGOCD} the application grafana in dev reads the values deploy/operators/grafana.yaml, which do not`,
      ],
      [
        'values that nobody reads',
        () => withFile('deploy/operators/loki.yaml', 'replicas: 1\n'),
        'deploy/operators/loki.yaml no application of Argo CD reads these values',
      ],
      [
        'an application of no project',
        () => mutated(ARGOCD, 'name: platform\n', 'name: other\n'),
        `${ARGOCD} the application applications belongs to no project platform`,
      ],
      [
        'an application that its project does not let in',
        () => mutated(ARGOCD, 'namespace: grafana }', 'namespace: grafanas }'),
        `${ARGOCD} the project platform does not let the application grafana into grafana`,
      ],
      [
        'an application from a repository that its project does not know',
        () => mutated(ARGOCD, '    - https://grafana.github.io/helm-charts\n', ''),
        `${ARGOCD} the project platform does not let the application grafana take from https://grafana.github.io`,
      ],
    ],
  ],
  [
    dashboardSeam,
    [
      [
        'a dashboard that is not loaded',
        () => without(`${MONITORING}/templates/dashboards.yaml`),
        `${MONITORING}/dashboards/serving.json no ConfigMap brings this dashboard to Grafana`,
      ],
      [
        'rules that are not loaded',
        () => without(`${MONITORING}/templates/rules.yaml`),
        `${MONITORING}/rules/serving.yaml no PrometheusRule brings the group serving to Prometheus`,
      ],
    ],
  ],
  [
    namedDashboardSeam,
    [
      [
        'a dashboard that no document names',
        () => mutated(`${MONITORING}/dashboards/serving.json`, '"uid": "shop-serving"', '"uid": "shop-answers"'),
        `${MONITORING}/dashboards/serving.json no document says what the dashboard shop-answers is for`,
      ],
      [
        'a document that names a dashboard which is gone',
        () => without(`${MONITORING}/dashboards/serving.json`),
        'docs/runbooks/ServingSlow.md:3 there is no dashboard shop-serving',
      ],
    ],
  ],
  [
    protectionSeam,
    [
      ...['ResourceQuota', 'LimitRange'].map(
        (kind): Case => [
          `a namespace without a ${kind}`,
          () =>
            without(kind === 'LimitRange' ? `${BASE}/bounds.yaml` : `${BASE}/quota.yaml`).filter(
              ({ path }) => !/overlays/.test(path),
            ),
          `contract.yaml the namespace shop-serving has no ${kind}`,
        ],
      ),
      [
        'a namespace that lets everything through',
        () => mutated(`${BASE}/bounds.yaml`, 'policyTypes: [Ingress, Egress]', 'policyTypes: [Ingress]'),
        'contract.yaml the namespace shop-serving has no NetworkPolicy that denies',
      ],
      [
        'a quota that refuses whoever does not name a size',
        () => mutated(`${BASE}/bounds.yaml`, 'cpu: 100m, ', ''),
        `${BASE}/quota.yaml the quota serving counts requests.cpu, and no LimitRange of shop-serving has a defaultRequest of cpu`,
      ],
      [
        'replicas that may all go at once',
        () =>
          mutated(
            `${SERVING}/protection.yaml`,
            'matchLabels:\n      app: prediction',
            'matchLabels:\n      app: other',
          ),
        `${SERVING}/deployment.yaml Deployment prediction has several replicas and no PodDisruptionBudget`,
      ],
      [
        'a service of which nobody says who may call',
        () =>
          mutated(
            `${SERVING}/protection.yaml`,
            'ingress:\n    - ports: [{ protocol: TCP, port: 8080 }]',
            'ingress: []',
          ),
        `${SERVING}/service.yaml no NetworkPolicy of its own pods says who may call the service prediction`,
      ],
    ],
  ],
  [
    referenceSeam,
    [
      [
        'a rollout of nothing',
        () =>
          mutated(
            `${SERVING}/rollout.yaml`,
            'kind: Deployment\n    name: prediction',
            'kind: Deployment\n    name: answers',
          ),
        `${SERVING}/rollout.yaml Rollout prediction names the Deployment answers, which nothing makes`,
      ],
      [
        'a rollout whose analysis is gone',
        () => without(`${SERVING}/analysis.yaml`),
        `${SERVING}/rollout.yaml Rollout prediction names the AnalysisTemplate errors, which nothing makes`,
      ],
      [
        'a rollout whose service is gone',
        () => without(`${SERVING}/service.yaml`),
        `${SERVING}/rollout.yaml Rollout prediction names the Service prediction, which nothing makes`,
      ],
      [
        'a priority that nobody has',
        () => mutated(`${SERVING}/deployment.yaml`, 'priorityClassName: shop-serving', 'priorityClassName: shop-first'),
        `${SERVING}/deployment.yaml Deployment prediction names the PriorityClass shop-first, which nothing makes`,
      ],
      [
        'a priority that nobody takes',
        () => mutated(`${SERVING}/deployment.yaml`, '      priorityClassName: shop-serving\n', ''),
        `${BASE}/bounds.yaml nothing uses the PriorityClass shop-serving`,
      ],
      [
        'a store of secrets that is gone',
        () =>
          mutated(
            `${BASE}/namespace.yaml`,
            'kind: ClusterSecretStore\nmetadata:\n  name: platform',
            'kind: ClusterSecretStore\nmetadata:\n  name: other',
          ),
        `${BASE}/namespace.yaml ExternalSecret shop-secrets names the ClusterSecretStore platform, which nothing makes`,
      ],
      [
        'settings that nobody reads',
        () =>
          withFile(
            `${SERVING}/settings.yaml`,
            'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: shop-serving\n',
          ),
        `${SERVING}/settings.yaml nothing uses the ConfigMap settings`,
      ],
      [
        'settings that are not there',
        () =>
          mutated(
            `${SERVING}/deployment.yaml`,
            '- secretRef:',
            '- configMapRef: { name: settings }\n            - secretRef:',
          ),
        `${SERVING}/deployment.yaml Deployment prediction names the ConfigMap settings, which nothing makes`,
      ],
      [
        'an analysis that no rollout asks for',
        () => mutated(`${SERVING}/rollout.yaml`, 'templateName: errors', 'templateName: latency'),
        `${SERVING}/analysis.yaml nothing uses the AnalysisTemplate errors`,
      ],
      [
        'a sidecar that finds nothing',
        () => mutated('deploy/operators/grafana.yaml', 'grafana_dashboard', 'grafana_board'),
        'deploy/operators/grafana.yaml nothing has the label grafana_board that is looked for here',
      ],
      [
        'an autoscaler of nothing',
        () =>
          withFile(
            `${SERVING}/scaler.yaml`,
            'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: x\n  namespace: shop-serving\nspec:\n  scaleTargetRef: { kind: Rollout, name: answers }\n',
          ),
        `${SERVING}/scaler.yaml HorizontalPodAutoscaler x names the Rollout answers, which nothing makes`,
      ],
      [
        'a volume of a class that is not there',
        () =>
          withFile(
            `${SERVING}/volume.yaml`,
            'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: cache\n  namespace: shop-serving\nspec:\n  storageClassName: fast\n',
          ),
        `${SERVING}/volume.yaml PersistentVolumeClaim cache names the StorageClass fast, which nothing makes`,
      ],
      [
        'a route to a service that is not there',
        () =>
          withFile(
            `${SERVING}/route.yaml`,
            'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: x\n  namespace: shop-serving\nspec:\n  http:\n    - route:\n        - destination: { host: answers.shop-serving.svc.cluster.local }\n',
          ),
        `${SERVING}/route.yaml VirtualService x names the Service answers, which nothing makes`,
      ],
    ],
  ],
  [
    scrapeSeam,
    [
      [
        'metrics that nobody collects',
        () => without(`${MONITORING}/templates/monitors.yaml`),
        `${SERVING}/deployment.yaml no monitor scrapes the port http of Deployment prediction`,
      ],
      [
        'a monitor that finds nothing',
        () => mutated(`${MONITORING}/templates/monitors.yaml`, 'port: http', 'port: web'),
        `${MONITORING}/templates/monitors.yaml PodMonitor serving finds nothing to scrape`,
      ],
    ],
  ],
]

describe.each(cases)('$name', (seam, own) => {
  it('finds nothing where all is there', async () => expect(await failures(seam, files())).toBe(''))

  it.each(own)('finds %s', async (_, some, expected) =>
    expect(await failures(seam, some())).toContain(`${seam.name} ${expected}`),
  )
})

it('misses each file below deploy when it is gone', async () => {
  const deployed = new Set(files().flatMap(({ path }) => (path.startsWith('deploy/') ? [path] : [])))
  expect((await deletionSurvivors(files(), contractOf(files()), deployed)).map(({ path }) => path)).toEqual([])
})
