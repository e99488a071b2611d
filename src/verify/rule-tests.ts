// Tests of Prometheus rules have the shape that promtool reads, strictly, and name rules that exist; running them is the engine's part.
import { posix } from 'node:path'
import { z } from 'zod'
import type { CheckResult } from '../types.js'
import { type Check, verdicts } from './check.js'
import { dataDocuments } from './documents.js'
import { ownTool } from './versions.js'

const duration = z.union([z.string().regex(/^(\d+(ms|[smhdwy]))+$|^0$/), z.literal(0)])
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const testSchema = z.strictObject({
  interval: duration.optional(),
  name: z.string().optional(),
  external_labels: texts.optional(),
  external_url: z.string().optional(),
  input_series: z
    .array(z.strictObject({ series: z.string().min(1), values: z.union([z.string().min(1), z.number()]) }))
    .optional(),
  alert_rule_test: z
    .array(
      z.strictObject({
        eval_time: duration,
        alertname: z.string().min(1),
        exp_alerts: z
          .array(z.strictObject({ exp_labels: texts.optional(), exp_annotations: texts.optional() }))
          .nullable()
          .optional(),
      }),
    )
    .optional(),
  promql_expr_test: z
    .array(
      z.strictObject({
        expr: z.string().min(1),
        eval_time: duration,
        exp_samples: z
          .array(z.looseObject({ labels: z.string() }))
          .nullable()
          .optional(),
      }),
    )
    .optional(),
})

const fileSchema = z.strictObject({
  rule_files: z.array(z.string()).min(1),
  evaluation_interval: duration.optional(),
  group_eval_order: z.array(z.string()).optional(),
  fuzzy_compare: z.boolean().optional(),
  tests: z.array(testSchema).min(1),
})

export const ruleTestShapeCheck: Check = {
  name: 'prometheus/test-shape',
  level: 'L0',
  kinds: ['prometheus-tests'],
  async run(files, project): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    const results: CheckResult[] = []
    for (const file of files) {
      const [document] = await dataDocuments(file)
      if (document === undefined) continue
      const parsed = fileSchema.safeParse(document.value)
      const shape = (parsed.error?.issues ?? []).map((issue) => {
        const path = issue.path.filter((part) => typeof part !== 'symbol')
        return say.fail(file, `${path.join('.')}: ${issue.message}`, document.position(path))
      })
      const missing = (parsed.data?.rule_files ?? []).filter((name) => {
        const pattern = posix.join(posix.dirname(file.path), name).split('*').map(escaped).join('[^/]*')
        return !project.some(({ path }) => new RegExp(`^${pattern}$`).test(path))
      })
      const found = [...shape, ...missing.map((name) => say.fail(file, `there are no rules ${name}`))]
      results.push(...(found.length === 0 ? [say.pass(file)] : found))
    }
    return results
  },
}

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
