// What a release may cost, from the values that a user receives: how long a bad one lasts, how many pods carry the load, and which strategies exist.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CHOICES, type Choice, EXAMPLES, filesOf, nameOf, platformOf } from './platforms.js'

const CHART = 'deploy/charts/serving'
const STRATEGIES = ['full', 'canary', 'shadow', 'ab', 'blue-green']

interface Values {
  readonly model: { readonly version: string; readonly bucket: string; readonly folder: string }
  readonly ports: Readonly<Record<string, number>>
  readonly replicas: { readonly minimum: number; readonly maximum: number }
  readonly autoscaling: { readonly by: string; readonly requestsPerPod?: number; readonly prometheus?: string }
  readonly monitoring?: { readonly namespace: string }
  readonly rollout?: {
    readonly strategy: string
    readonly canary: { readonly weights: readonly number[] }
    readonly analysis: Readonly<Record<string, number>>
    readonly bounds: {
      readonly latencySeconds: number
      readonly latencyPercentile: number
      readonly lookupSeconds: number
    }
  }
}

async function emitted(choice: Choice) {
  const platform = await platformOf(choice)
  const files = new Map(filesOf(platform).map(({ path, content }) => [path, content]))
  const text = (path: string) => files.get(path) ?? ''
  return { ...platform, files, text, values: parse(text(`${CHART}/values.yaml`)) as Values | null }
}

const modeOf = async (choice: Choice) => (await platformOf(choice)).options.deployment_mode
const withEndpoint: Choice[] = []
for (const choice of CHOICES) if ((await modeOf(choice)) !== 'batch') withEndpoint.push(choice)
const released = withEndpoint.filter(({ maturity }) => maturity >= 4)

describe.each(released.map((choice) => [nameOf(choice), choice] as const))('a release of %s', (_name, choice) => {
  it('is taken back within the bound of SC-OPS-3, by the arithmetic of its own values', async () => {
    const { values, contract, text } = await emitted(choice)
    const analysis = values?.rollout?.analysis ?? {}
    const { scrapeSeconds = 0, windowSeconds = 0, intervalSeconds = 0, failures = 0, switchSeconds = 0 } = analysis
    const seconds = scrapeSeconds + windowSeconds + intervalSeconds * (failures + 1) + switchSeconds
    expect(Object.values(analysis).every((part) => part > 0)).toBe(true)
    expect(seconds).toBeLessThanOrEqual(contract.criteria['SC-OPS-3']?.bound ?? 0)
    expect(contract.criteria['SC-OPS-3']?.bound).toBe(300)
    expect(text('docs/rollout.md')).toContain(`= ${seconds} s`)
    expect(text('docs/runbooks/rollback.md')).toContain(`within ${seconds} s`)
    // The chart holds users to it when they change the values.
    expect(text(`${CHART}/templates/analysis.yaml`)).toMatch(/if gt \$seconds 300[\s\S]*fail/)
  })

  it('is judged by the promises of the contract', async () => {
    const { values, contract } = await emitted(choice)
    expect(values?.rollout?.bounds).toMatchObject({
      latencySeconds: (contract.slos.serving_latency?.value ?? 0) / 1000,
      latencyPercentile: (contract.slos.serving_latency_percentile?.value ?? 0) / 100,
      lookupSeconds: contract.slos.feature_read_seconds?.value,
    })
  })

  it('goes by every strategy, each of which is one value', async () => {
    const { files, text, values } = await emitted(choice)
    const schema = JSON.parse(text(`${CHART}/values.schema.json`))
    expect(schema.properties.rollout.properties.strategy.enum).toEqual(STRATEGIES)
    expect(text('scripts/rollout.sh')).toContain(`STRATEGIES="${STRATEGIES.join(' ')}"`)
    const weights = values?.rollout?.canary.weights ?? []
    expect([...weights].sort((a, b) => a - b)).toEqual(weights)
    for (const environment of ['dev', 'staging', 'prod']) {
      const own = parse(files.get(`deploy/environments/${environment}/serving.yaml`) ?? '') as Values
      expect(STRATEGIES).toContain(own.rollout?.strategy)
    }
  })

  it('asks only for metrics that the prediction process gives', async () => {
    const { text, contract } = await emitted(choice)
    const names = text(`${CHART}/templates/_rollout.tpl`).match(/ml_platform_\w+/g) ?? []
    const known = new Set(
      Object.entries(contract.prometheus).flatMap(([name, { type }]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    )
    expect(names.length).toBeGreaterThan(4)
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })
})

describe.each(withEndpoint.map((choice) => [nameOf(choice), choice] as const))(
  'prediction pods of %s',
  (_n, choice) => {
    it('carry the stated load while each answer takes all that was promised', async () => {
      const { spec, values, contract } = await emitted(choice)
      const { throughput_rps, latency_ms } = spec.serving
      const waiting = throughput_rps.value * (latency_ms.value / 1000)
      expect((values?.replicas.minimum ?? 0) * 8).toBeGreaterThanOrEqual(waiting * 1.5 - 0.01)
      expect(values?.replicas.minimum).toBeGreaterThanOrEqual(2)
      expect(values?.replicas.maximum).toBeGreaterThan(values?.replicas.minimum ?? 0)
      expect(values?.replicas.minimum).toBe(contract.sizing.serving_replicas_min?.value)
    })

    it('listen on a port for each protocol, and load a version that never changes', async () => {
      const { values, contract } = await emitted(choice)
      const ports = ['rest', 'grpc', 'kserve'].map((name) => contract.endpoints[name]?.port)
      expect(new Set(ports).size).toBe(3)
      expect(values?.ports).toEqual({ http: ports[0], grpc: ports[1], kserve: ports[2] })
      expect(values?.model.bucket).toBe(contract.buckets.models?.uri)
    })

    it('offer every port of the contract in the image, and the command that answers on each in the guide', async () => {
      const { contract, text } = await emitted(choice)
      const offered = [...text('docker/serving.Dockerfile').matchAll(/^EXPOSE (\d+)$/gm)].map(([, port]) =>
        Number(port),
      )
      expect(offered.sort()).toEqual([...new Set(Object.values(contract.endpoints).map(({ port }) => port))].sort())
      const guide = text('docs/model-deployment.md')
      expect(guide).toContain('make serve')
      expect(guide).toContain('--locked kserve-predictor --model-dir models/serving')
      expect(text('pyproject.toml')).toMatch(/^kserve-predictor = /m)
    })

    it('ask Prometheus where the contract says it answers', async () => {
      const { values, contract } = await emitted(choice)
      const { service, namespace, port } = contract.services.prometheus ?? {}
      expect(values?.autoscaling.prometheus).toBe(service && `http://${service}.${namespace}.svc.cluster.local:${port}`)
      expect(values?.monitoring?.namespace).toBe(namespace)
    })

    it('have what their maturity brings, and nothing more', async () => {
      const { files, values } = await emitted(choice)
      const templates = [...files.keys()].filter((path) => path.startsWith(`${CHART}/templates/`))
      const has = (name: string) => templates.includes(`${CHART}/templates/${name}.yaml`)
      const later = ['request-autoscaler', 'vertical-autoscaler', 'traffic', 'mutual-tls', 'model-cache']
      expect(later.map(has)).toEqual(later.map(() => choice.maturity >= 2))
      expect([has('rollout'), has('analysis'), values?.rollout !== undefined]).toEqual(
        [1, 2, 3].map(() => choice.maturity >= 4),
      )
      expect(has('cpu-autoscaler') && has('inference-service') && has('disruption-budget')).toBe(true)
    })
  },
)

describe.each(EXAMPLES)('%s as lists only', (example) => {
  it('has no prediction pods and says why', async () => {
    const choice = { example, maturity: 5, options: { deployment_mode: 'batch' } }
    const { files, contract } = await emitted(choice)
    expect([...files.keys()].filter((path) => path.startsWith(CHART) || path.endsWith('rollout.sh'))).toEqual([])
    expect(contract.not_applicable.rollout?.reason).toContain('no endpoint')
    expect(contract.criteria['SC-OPS-3']?.status).toBe('not applicable')
    expect(contract.identities).not.toHaveProperty('serving')
  })
})
