// The parts of Kubernetes manifests that tests look at, each as the API has it; what is not of this shape fails where it is read.
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  automountServiceAccountToken: z.boolean().optional(),
  spec: z.unknown().optional(),
  data: z.record(z.string(), z.string()).default({}),
  parameters: z.record(z.string(), z.string()).default({}),
})
export type Manifest = z.infer<typeof manifest>

const quantity = z.union([z.string(), z.number()])
const quantities = z.record(z.string(), quantity)
const container = z.looseObject({
  securityContext: z.looseObject({
    readOnlyRootFilesystem: z.boolean().optional(),
    capabilities: z.looseObject({ drop: z.array(z.string()) }),
  }),
  resources: z.looseObject({ requests: quantities, limits: quantities }),
})
const preferred = z.looseObject({
  preference: z.looseObject({ matchExpressions: z.array(z.looseObject({ values: z.array(z.string()) })) }),
})
const pod = z.looseObject({
  priorityClassName: z.string().optional(),
  restartPolicy: z.string().optional(),
  securityContext: z.looseObject({ runAsNonRoot: z.boolean(), seccompProfile: z.looseObject({ type: z.string() }) }),
  initContainers: z.array(container).default([]),
  containers: z.array(container).min(1),
  affinity: z
    .looseObject({
      nodeAffinity: z.looseObject({ preferredDuringSchedulingIgnoredDuringExecution: z.array(preferred) }).optional(),
    })
    .optional(),
})
const template = <T extends z.ZodType>(inner: T) => z.looseObject({ template: z.looseObject({ spec: inner }) })
const workload = template(pod)
const trainingRuntime = template(z.looseObject({ replicatedJobs: z.tuple([template(workload)]) }))

/** Specs by kind, as far as tests read them. */
export const SPECS = {
  ResourceQuota: z.looseObject({ hard: quantities }),
  NetworkPolicy: z.looseObject({ ingress: z.array(z.unknown()).optional(), egress: z.array(z.unknown()).optional() }),
  ExternalSecret: z.looseObject({
    data: z.array(z.looseObject({ secretKey: z.string(), remoteRef: z.looseObject({ key: z.string() }) })),
  }),
  ClusterSecretStore: z.looseObject({ provider: z.record(z.string(), z.unknown()) }),
  TrainJob: z.looseObject({ trainer: z.looseObject({ args: z.array(z.string()) }) }),
  PersistentVolume: z.looseObject({
    csi: z.looseObject({ driver: z.string() }),
    accessModes: z.array(z.string()),
    claimRef: z.looseObject({ namespace: z.string() }),
  }),
  PersistentVolumeClaim: z.looseObject({ resources: z.looseObject({ requests: quantities }) }),
  Service: z.looseObject({ ports: z.array(z.looseObject({ port: z.number() })) }),
} as const

/** Every object of a file of manifests; documents without content, as charts render them for what is switched off, are left out. */
export const manifests = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((value) => value !== null)
    .map((value) => manifest.parse(value))

/** The pod that a workload makes. */
export function podOf({ kind, spec }: Manifest): z.infer<typeof pod> | undefined {
  if (kind === 'TrainingRuntime')
    return trainingRuntime.parse(spec).template.spec.replicatedJobs[0].template.spec.template.spec
  return ['Deployment', 'StatefulSet', 'Job'].includes(kind) ? workload.parse(spec).template.spec : undefined
}
