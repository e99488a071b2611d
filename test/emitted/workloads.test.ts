// What the cluster is given agrees with the contract: identities, quotas, network, secrets, places, volumes, each as the API server would see it.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import type { EmittedFile } from '../../src/types.js'
import { renderedCharts } from '../../src/verify/helm.js'
import { type Manifest, manifests, podOf, SPECS } from './manifests.js'
import { type Choice, filesOf, nameOf, platformOf } from './platforms.js'

const CASES: readonly Choice[] = [
  {
    example: 'churn-telecom',
    maturity: 5,
    options: { experiment_tracking: 'mlflow', feature_store: 'custom', deployment_mode: 'hybrid' },
  },
  {
    example: 'churn-telecom',
    maturity: 1,
    options: { experiment_tracking: 'wandb', feature_store: 'feast', deployment_mode: 'realtime' },
  },
  { example: 'clinic-no-show', maturity: 3, options: { feature_store: 'custom' } },
]
const OWN = ['secrets', 'training', 'data', 'tracker', 'orchestrator']

const textOf = (files: readonly EmittedFile[], path: string) => files.find((one) => one.path === path)?.content ?? ''
const base = (files: readonly EmittedFile[], name: string) =>
  manifests(textOf(files, `deploy/cluster/base/${name}.yaml`))

async function charts(files: readonly EmittedFile[], environment: string): Promise<Manifest[]> {
  const own = files.filter(({ path }) =>
    OWN.some(
      (name) => path.startsWith(`deploy/charts/${name}/`) || path === `deploy/environments/${environment}/${name}.yaml`,
    ),
  )
  return (await renderedCharts(own))
    .filter((one) => one.environment === environment)
    .flatMap(({ text }) => manifests(text))
}
const withText = (files: readonly EmittedFile[], path: string, added: string): EmittedFile[] =>
  files.map((file) => (file.path === path ? { ...file, content: `${file.content}${added}` } : file))

const pools = z.looseObject({ pools: z.array(z.string()) })
const orchestration = z.looseObject({ pod: z.looseObject({ learning: pools, stages: pools }) })
const gpuSharing = z.looseObject({
  sharing: z.looseObject({ timeSlicing: z.looseObject({ resources: z.array(z.unknown()) }) }),
})
const storeSettings = z.looseObject({ features: z.looseObject({ store: z.looseObject({ online: z.string() }) }) })

describe.each(CASES.map((choice) => [nameOf(choice), choice] as const))('%s', (_name, choice) => {
  it('gives every namespace its standard and, but for monitoring, refuses what no policy names', async () => {
    const { contract, ...platform } = await platformOf(choice)
    const files = filesOf({ contract, ...platform })
    const standard = new Map(
      base(files, 'namespaces').map(({ metadata }) => [
        metadata.name,
        metadata.labels['pod-security.kubernetes.io/enforce'],
      ]),
    )
    expect([...standard.keys()].sort()).toEqual(Object.keys(contract.namespaces).sort())
    for (const [name, { owner }] of Object.entries(contract.namespaces)) {
      const level = { observability: 'privileged', 'kubernetes-serving': 'baseline' }[owner] ?? 'restricted'
      expect(standard.get(name)).toBe(level)
      const denied = base(files, 'network-policies').filter(
        ({ metadata }) => metadata.namespace === name && metadata.name === 'default-deny',
      )
      for (const { spec } of denied) {
        const { ingress, egress } = SPECS.NetworkPolicy.parse(spec)
        expect([ingress, egress]).toEqual([undefined, undefined])
      }
      expect(denied).toHaveLength(owner === 'observability' ? 0 : 1)
    }
  })

  it('makes the service account of each workload, and gives a token to the orchestrator only', async () => {
    const platform = await platformOf(choice)
    const accounts = base(filesOf(platform), 'service-accounts')
    for (const [name, { namespace }] of Object.entries(platform.contract.identities)) {
      if (!['training', 'serving', 'tracker', 'orchestrator'].includes(name)) continue
      const [account] = accounts.filter(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
      expect(account?.automountServiceAccountToken).toBe(name === 'orchestrator')
    }
  })

  it('bounds training and serving each by the sizes of the contract, and gives nobody a GPU', async () => {
    const platform = await platformOf(choice)
    const { sizing, identities } = platform.contract
    const quotas = new Map(
      base(filesOf(platform), 'quotas')
        .filter(({ kind }) => kind === 'ResourceQuota')
        .map(({ metadata, spec }) => [metadata.namespace, SPECS.ResourceQuota.parse(spec).hard]),
    )
    const training = quotas.get(identities.training?.namespace)
    const pods = sizing.training_pods?.value ?? 0
    expect(training?.['requests.memory']).toBe(`${pods * (sizing.training_memory?.value ?? 0)}Gi`)
    expect(training?.['requests.nvidia.com/gpu']).toBe('0')
    expect(quotas.has(identities.serving?.namespace)).toBe(identities.serving !== undefined)
    expect(identities.serving?.namespace).not.toBe(identities.training?.namespace)
  })

  it('renders pods without rights, with a priority that exists and a size', async () => {
    const files = filesOf(await platformOf(choice))
    const priorities = base(files, 'priority-classes').map(({ metadata }) => metadata.name)
    const found = (await charts(files, 'prod')).flatMap((one) => podOf(one) ?? [])
    expect(found.length).toBeGreaterThan(4)
    for (const pod of found) {
      expect(priorities).toContain(pod.priorityClassName)
      expect(pod.securityContext.runAsNonRoot).toBe(true)
      expect(pod.securityContext.seccompProfile.type).toBe('RuntimeDefault')
      for (const container of [...pod.initContainers, ...pod.containers]) {
        expect(container.securityContext.readOnlyRootFilesystem).toBe(true)
        expect(container.securityContext.capabilities.drop).toEqual(['ALL'])
        expect(container.resources.requests.memory).toBeDefined()
        expect(container.resources.limits.memory).toBeDefined()
      }
    }
  })

  it('copies each secret of the contract to those who read it and to nobody else, from where Terraform puts it', async () => {
    const platform = await platformOf(choice)
    const { contract } = platform
    for (const environment of ['dev', 'prod']) {
      const copies = (await charts(filesOf(platform), environment)).filter(
        ({ kind, metadata }) => kind === 'ExternalSecret' && metadata.name === `${contract.project}-secrets`,
      )
      const places = {
        training: contract.identities.training?.namespace,
        orchestrator: contract.identities.orchestrator?.namespace,
        alertmanager: contract.services.alertmanager?.namespace,
      }
      for (const [reader, namespace] of Object.entries(places)) {
        const [copy] = copies.filter(({ metadata }) => metadata.namespace === namespace)
        const read = Object.entries(contract.secrets).filter(([, { readers }]) => readers.includes(reader))
        const copied = copy && SPECS.ExternalSecret.parse(copy.spec).data
        expect(copied?.map(({ secretKey, remoteRef }) => [secretKey, remoteRef.key])).toEqual(
          namespace && read.map(([key]) => [key, `${contract.project}/${environment}/${key.replaceAll('_', '-')}`]),
        )
      }
      expect(copies).toHaveLength(new Set(Object.values(places).filter(Boolean)).size)
    }
  })

  it('takes secrets from Vault by one value, and passwords of databases from the cloud still', async () => {
    const files = filesOf(await platformOf(choice))
    const path = 'deploy/environments/dev/secrets.yaml'
    const vault = withText(files, path, 'vault: {server: "https://vault.example.com"}\n').map((file) =>
      file.path === path ? { ...file, content: file.content.replace('provider: aws', 'provider: vault') } : file,
    )
    const providers = async (given: readonly EmittedFile[]) =>
      (await charts(given, 'dev'))
        .filter(({ kind }) => kind === 'ClusterSecretStore')
        .map(({ metadata, spec }) => [metadata.name, Object.keys(SPECS.ClusterSecretStore.parse(spec).provider)[0]])
    expect(await providers(files)).toEqual(
      expect.arrayContaining([
        ['platform', 'aws'],
        ['databases', 'aws'],
      ]),
    )
    expect(await providers(vault)).toEqual(
      expect.arrayContaining([
        ['platform', 'vault'],
        ['databases', 'aws'],
      ]),
    )
  })

  it('sends training to spot nodes first, on pools that Terraform makes', async () => {
    const files = filesOf(await platformOf(choice))
    const { pod } = orchestration.parse(parse(textOf(files, 'conf/orchestration.yaml')))
    expect(pod.learning.pools).toEqual(['spot', 'training'])
    expect(pod.stages.pools).not.toContain('spot')
    const tfvars = textOf(files, 'infrastructure/environments/prod/terraform.tfvars')
    for (const pool of ['system', ...pod.learning.pools]) expect(tfvars).toMatch(new RegExp(`^ {4}${pool} = \\{`, 'm'))
    const [runtime] = (await charts(files, 'prod')).filter(({ kind }) => kind === 'TrainingRuntime')
    const trained = runtime && podOf(runtime)
    const [first] = trained?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    expect(first?.preference.matchExpressions[0]?.values).toEqual(['spot'])
    expect(trained?.restartPolicy).toBe('OnFailure')
  })

  it('starts a training job and shares a GPU, each one value away', async () => {
    const files = filesOf(await platformOf(choice))
    const path = 'deploy/environments/dev/training.yaml'
    const kinds = async (given: readonly EmittedFile[]) => (await charts(given, 'dev')).map(({ kind }) => kind)
    expect(await kinds(files)).not.toEqual(expect.arrayContaining(['TrainJob']))
    const job = withText(files, path, 'job: {enabled: true, runId: "2026-11-20", asOf: "2026-11-20"}\n')
    const [started] = (await charts(job, 'dev')).filter(({ kind }) => kind === 'TrainJob')
    expect(SPECS.TrainJob.parse(started?.spec).trainer.args).toEqual([
      ...['train', '--environment', 'dev', '--as-of', '2026-11-20', '--run-id', '2026-11-20'],
    ])
    expect(await kinds(files)).not.toContain('DaemonSet')
    const shared = await charts(withText(files, path, 'gpu: {enabled: true, sharing: {replicas: 2}}\n'), 'dev')
    const [plan] = shared.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'gpu-sharing')
    expect(gpuSharing.parse(parse(plan?.data['config.yaml'] ?? '')).sharing.timeSlicing.resources).toEqual([
      { name: 'nvidia.com/gpu', replicas: 2 },
    ])
  })

  it('mounts the models bucket where models are served, and a disk of the computed size where they are trained', async () => {
    const platform = await platformOf(choice)
    const { contract } = platform
    const found = await charts(filesOf(platform), 'prod')
    const volumes = found.filter(({ kind }) => kind === 'PersistentVolume')
    const mounted = volumes.map(({ spec }) => SPECS.PersistentVolume.parse(spec))
    expect(mounted.map(({ csi, accessModes, claimRef }) => [csi.driver, accessModes, claimRef.namespace])).toEqual(
      contract.identities.serving === undefined
        ? []
        : [['s3.csi.aws.com', ['ReadOnlyMany'], contract.identities.serving.namespace]],
    )
    const [disk] = found.filter(
      ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === 'training-data',
    )
    expect(SPECS.PersistentVolumeClaim.parse(disk?.spec).resources.requests.storage).toBe(
      `${contract.sizing.training_scratch?.value}Gi`,
    )
    for (const { parameters } of found.filter(({ kind }) => kind === 'StorageClass'))
      expect(parameters.encrypted).toBe('true')
  })

  it('serves features of the own store from where settings look for them, to those who may ask', async () => {
    const platform = await platformOf(choice)
    const { contract } = platform
    const files = filesOf(platform)
    const found = await charts(files, 'prod')
    const services = found.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === 'online-store')
    const store = contract.services.online_store
    expect(services).toHaveLength(store === undefined ? 0 : 1)
    if (store === undefined) return
    const { features } = storeSettings.parse(parse(textOf(files, 'conf/prod.yaml')))
    const [service] = services
    const [port] = SPECS.Service.parse(service?.spec).ports
    expect(features.store.online).toBe(
      `redis://${service?.metadata.name}.${service?.metadata.namespace}.svc.cluster.local:${port?.port}`,
    )
    const [policy] = found.filter(({ metadata: { name } }) => name === 'online-store-clients')
    expect(JSON.stringify(SPECS.NetworkPolicy.parse(policy?.spec).ingress)).toContain(
      contract.identities.training?.namespace,
    )
  })
})
