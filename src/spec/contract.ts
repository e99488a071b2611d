// contract.yaml: every name that two files must agree on. Each entry `<section>.<name>` has one owner deliverable.
import { z } from 'zod'
import { ORIGINS } from './facts.js'
import { COLUMN_ROLES, COLUMN_TYPES } from './schema.js'

const owned = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ owner: z.string().min(1), ...shape })
const section = <T extends z.ZodType>(entry: T) => z.record(z.string(), entry).default({})
const dtype = z.enum(['float', 'integer', 'category', 'boolean', 'string', 'timestamp'])

const column = z.strictObject({
  name: z.string(),
  type: z.enum(COLUMN_TYPES),
  role: z.enum(COLUMN_ROLES),
  description: z.string(),
  nullable: z.boolean(),
  values: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
})

/** Areas and ids of the success criteria come from mission.md section 6; the bound may be overridden by the spec. */
const criterion = owned({
  area: z.enum(['data', 'model', 'operations', 'velocity', 'cost']),
  statement: z.string(),
  metric: z.string(),
  comparison: z.enum(['<', '<=', '>', '>=', '==']),
  bound: z.number(),
  unit: z.string(),
  status: z.enum(['applicable', 'not applicable']).default('applicable'),
  reason: z.string().optional(),
})

export const contractSchema = z.strictObject({
  version: z.literal(1),
  project: z.string(),
  datasets: section(
    owned({
      description: z.string(),
      key: z.string(),
      time: z.string(),
      target: z.string().optional(),
      columns: z.array(column),
    }),
  ),
  features: section(
    owned({
      dtype,
      transformation: z.string(),
      inputs: z.array(z.string()).min(1),
      parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
      description: z.string(),
      monotonic: z.enum(['increasing', 'decreasing', 'none']).default('none'),
    }),
  ),
  signatures: section(
    owned({
      inputs: z.array(z.strictObject({ name: z.string(), dtype })),
      outputs: z.array(z.strictObject({ name: z.string(), dtype })),
    }),
  ),
  metrics: section(
    owned({
      direction: z.enum(['higher', 'lower']),
      role: z.enum(['primary', 'guard', 'report']),
      threshold: z.number().nullable(),
      description: z.string(),
    }),
  ),
  endpoints: section(
    owned({ protocol: z.enum(['http', 'grpc']), port: z.number().int(), path: z.string(), description: z.string() }),
  ),
  images: section(owned({ repository: z.string(), description: z.string() })),
  charts: section(owned({ description: z.string() })),
  namespaces: section(owned({ description: z.string() })),
  /** Service accounts of the cluster; the cloud gives each its own rights, and `access` says which. */
  identities: section(owned({ namespace: z.string(), access: z.array(z.string()), description: z.string() })),
  /** Addresses inside the cluster: `<service>.<namespace>.svc.cluster.local:<port>`. */
  services: section(
    owned({ service: z.string(), namespace: z.string(), port: z.number().int(), description: z.string() }),
  ),
  /** Sizes that manifests request, with the arithmetic that gave them. */
  sizing: section(owned({ value: z.number(), unit: z.string(), arithmetic: z.string() })),
  buckets: section(owned({ uri: z.string(), description: z.string() })),
  topics: section(owned({ name: z.string(), description: z.string() })),
  prometheus: section(
    owned({
      type: z.enum(['counter', 'gauge', 'histogram', 'summary']),
      labels: z.array(z.string()),
      unit: z.string(),
      description: z.string(),
    }),
  ),
  /** `readers` are the identities and services whose pods get it; nobody else does. */
  secrets: section(
    owned({ environment: z.string(), readers: z.array(z.string()).default([]), description: z.string() }),
  ),
  slos: section(owned({ value: z.number(), unit: z.string(), description: z.string() })),
  criteria: section(criterion),
  /** By row of the promises, or by deliverable: what this platform was not asked for, and the words that say so. */
  not_applicable: section(
    owned({
      phrase: z.string(),
      reason: z.string().min(1),
      because: z.string(),
      origin: z.enum(ORIGINS),
      quote: z.string().optional(),
      req: z.string().optional(),
      basis: z.string().optional(),
    }),
  ),
})
export type Contract = z.infer<typeof contractSchema>
export const CONTRACT_SECTIONS = Object.keys(contractSchema.shape).filter(
  (k) => k !== 'version' && k !== 'project',
) as Exclude<keyof Contract, 'version' | 'project'>[]
