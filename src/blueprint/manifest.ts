// The shape of a component folder's data files. `blueprint.yaml` says what the component is; `deliverables/<id>.yaml` lists what it
// emits for that deliverable, and `deliverables/<id>.contract.yaml.hbs` the contract entries that the deliverable owns through it.
// A file lies at its target path below the component's `files/`, so it can be linted there; `.hbs` marks the few whose structure varies.
import { z } from 'zod'
import type { Json } from '../types.js'

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
)

const conditions = {
  /** Lowest maturity at which it is emitted. */
  maturity: z.number().int().min(1).max(5).default(1),
  /** Emitted only where every named option has one of the values. */
  when: z.record(z.string(), z.array(z.string()).min(1)).default({}),
}

const readsList = z
  .array(z.string().regex(/^(spec|contract|options|maturity|project)(\.[A-Za-z0-9_.-]+)?$/))
  .default([])

const fileEntry = z.strictObject({
  path: z.string().min(1),
  ...conditions,
  executable: z.boolean().default(false),
  documentation: z.boolean().default(false),
  /** Context paths that an `.hbs` file uses, e.g. `spec.serving`, `contract.features`; nothing else is visible to it. */
  reads: readsList,
  /** Ids of success criteria that this file implements or watches. */
  criteria: z.array(z.string().regex(/^SC-[A-Z]+-\d$/)).default([]),
})

/** Data merged by key into the emitter of `into`; equal keys with different values are an error that names both components. */
const fragment = z
  .strictObject({
    into: z.string().min(1),
    ...conditions,
    value: z.record(z.string(), json).optional(),
    /** A YAML template below `fragments/`, for data that depend on the spec. */
    template: z.string().optional(),
    reads: readsList,
  })
  .refine((f) => (f.value === undefined) !== (f.template === undefined), { message: 'give either value or template' })

/** One target file that is built from fragments only. */
const emitter = z.strictObject({
  path: z.string().min(1),
  format: z.enum(['toml', 'yaml', 'json']),
  header: z.string().optional(),
  ...conditions,
})

/** A recorded change, a unified diff below `patches/`, that this deliverable makes to a file that another one owns. */
const patch = z.strictObject({ path: z.string().min(1), patch: z.string().min(1), ...conditions })

/** A row of the promises that the user's own words or choices rule out; all that holds go into the contract, with those words. */
const notApplicable = z.strictObject({
  /** Id of the row, or of a deliverable where all of it is ruled out and nothing of it is emitted. */
  row: z.string().regex(/^([A-Z][A-Za-z0-9_-]*|[a-z][a-z0-9-]*)$/),
  /** What is left out, in words; of a row that is left out in part, that part. */
  phrase: z.string().min(1),
  when: conditions.when,
  /** Ruled out only at a lower maturity than this. */
  below: z.number().int().min(2).max(5).optional(),
  /** The field of the spec that decides, e.g. `options.deployment_mode`, `maturity`, `spec.data.rows`; its quote is carried along. */
  because: z.string().regex(/^(maturity|options\.[a-z_]+|spec\.[a-z_.]+)$/),
  /** A sentence as a template; where it renders to nothing, the row applies. */
  reason: z.string().min(1),
  /** Context paths that the reason uses; the contract is not among them, since it is computed from this. */
  reads: readsList,
})
export type NotApplicable = z.infer<typeof notApplicable>

export const componentSchema = z.strictObject({
  name: z.string().min(1),
  best_for: z.string().min(1),
  strengths: z.string().min(1),
  /** Words by which intake recognises this component in a text; matched whole, without case. */
  recognise: z.array(z.string()).default([]),
  /** Components that come with this one, e.g. hybrid includes realtime and batch. */
  includes: z.array(z.string()).default([]),
  /** What stays behind outside of the repository when a platform stops using this component, and what a person has to do about it. */
  leaving: z.array(z.string()).default([]),
  advisories: z.array(z.strictObject({ date: z.iso.date(), text: z.string(), source: z.string() })).default([]),
})
export type ComponentInfo = z.infer<typeof componentSchema>

export const deliverableManifestSchema = z.strictObject({
  /** What the component contributes to the deliverable, in one sentence; shown in summaries and given to later prompts. */
  summary: z.string().min(1),
  /** Choices that a reviewer should see, each with its reason. */
  decisions: z.array(z.string()).default([]),
  files: z.array(fileEntry).default([]),
  emitters: z.array(emitter).default([]),
  fragments: z.array(fragment).default([]),
  patches: z.array(patch).default([]),
  not_applicable: z.array(notApplicable).default([]),
  /** Sentences as templates, shown at the end of a design; one that renders to nothing is not said. */
  advice: z.array(z.strictObject({ text: z.string().min(1), reads: readsList })).default([]),
  /** Context paths that the contract template beside it uses. */
  contract_reads: readsList,
})
export type DeliverableManifest = z.infer<typeof deliverableManifestSchema>
