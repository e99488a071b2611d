// What intake is told about options, tasks and domains; it lies in data files, so that a new value, task or domain needs no code.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseChecked } from '../spec/document.js'
import { TASK_KINDS, type TaskKind } from '../spec/schema.js'
import { type Domain, domainSchema } from './domain.js'

const weighted = z.union([
  z.string().min(1),
  z.strictObject({ word: z.string().min(1), weight: z.number().int().positive() }),
])
export interface Cue {
  readonly word: string
  readonly weight: number
}

export const recogniseSchema = z.strictObject({
  options: z.record(z.string(), z.record(z.string(), z.array(z.string().min(1)))).default({}),
  tasks: z.partialRecord(z.enum(TASK_KINDS), z.array(weighted)).default({}),
  tools: z.array(z.string().min(1)).default([]),
})
export type Vocabulary = z.infer<typeof recogniseSchema>

export interface Advisory {
  readonly date: string
  readonly text: string
}

export interface OptionValue {
  readonly built: boolean
  readonly recognise: readonly string[]
  readonly advisories: readonly Advisory[]
}

export interface Knowledge {
  /** By option name; the values in the order of the workflow. */
  readonly options: Readonly<
    Record<string, { readonly default: string; readonly values: Readonly<Record<string, OptionValue>> }>
  >
  readonly tasks: Readonly<Record<TaskKind, { readonly built: boolean; readonly cues: readonly Cue[] }>>
  readonly tools: readonly string[]
  readonly domains: readonly Domain[]
  readonly maturity: number
}

export const cuesOf = (entries: readonly z.infer<typeof weighted>[]): Cue[] =>
  entries.map((entry) => (typeof entry === 'string' ? { word: entry, weight: 1 } : entry))

/** A component as far as intake cares; any parsed blueprint.yaml fits. */
export interface Component {
  readonly recognise: readonly string[]
  readonly advisories: readonly Advisory[]
}

export interface KnowledgeParts {
  readonly options: Readonly<Record<string, { readonly default: string; readonly values: readonly string[] }>>
  readonly maturity: number
  /** By folder below the blueprints, e.g. `experiment_tracking/mlflow`, `task/tabular-classification`. */
  readonly components: ReadonlyMap<string, Component>
  /** Values that are built without a folder of their own, e.g. `deployment_mode/hybrid`. */
  readonly composed?: ReadonlySet<string>
  readonly vocabulary: Vocabulary
  readonly domains: readonly Domain[]
}

/** Joins workflow, components and vocabulary; a component's own words come on top of the vocabulary's. Pure. */
export const composeKnowledge = ({
  options,
  maturity,
  components,
  composed,
  vocabulary,
  domains,
}: KnowledgeParts): Knowledge => {
  const task = (kind: TaskKind) => {
    const component = components.get(`task/${kind}`)
    return {
      built: component !== undefined,
      cues: [
        ...cuesOf(vocabulary.tasks[kind] ?? []),
        ...(component?.recognise ?? []).map((word) => ({ word, weight: 2 })),
      ],
    }
  }
  return {
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        {
          default: option.default,
          values: Object.fromEntries(
            option.values.map((value) => {
              const component = components.get(`${name}/${value}`)
              const words = new Set([...(vocabulary.options[name]?.[value] ?? []), ...(component?.recognise ?? [])])
              return [
                value,
                {
                  built: component !== undefined || (composed?.has(`${name}/${value}`) ?? false),
                  recognise: [...words],
                  advisories: component?.advisories ?? [],
                },
              ]
            }),
          ),
        },
      ]),
    ),
    tasks: {
      'tabular-classification': task('tabular-classification'),
      regression: task('regression'),
      forecasting: task('forecasting'),
      recommendation: task('recommendation'),
      'text-classification': task('text-classification'),
      'image-classification': task('image-classification'),
      'anomaly-detection': task('anomaly-detection'),
      survival: task('survival'),
    },
    tools: vocabulary.tools,
    domains,
    maturity,
  }
}

/** Reads the vocabulary and every task's domains from the blueprints folder, in alphabetical order. */
export const loadVocabulary = async (blueprints: string): Promise<{ vocabulary: Vocabulary; domains: Domain[] }> => {
  const file = join(blueprints, 'recognise.yaml')
  const vocabulary = parseChecked(recogniseSchema, await readFile(file, 'utf8'), file).value
  const tasks = (await readdir(join(blueprints, 'task'))).sort()
  const files: string[] = []
  for (const task of tasks) {
    const folder = join(blueprints, 'task', task, 'domains')
    const names = await readdir(folder).catch(() => [])
    files.push(
      ...names
        .filter((name) => name.endsWith('.yaml'))
        .sort()
        .map((name) => join(folder, name)),
    )
  }
  const domains = await Promise.all(
    files.map(async (path) => parseChecked(domainSchema, await readFile(path, 'utf8'), path).value),
  )
  return { vocabulary, domains }
}

/** What is known of the components that were chosen. */
export const advisoriesOf = (
  options: Readonly<Record<string, { readonly value: string }>>,
  knowledge: Pick<Knowledge, 'options'>,
): (Advisory & { component: string })[] =>
  Object.entries(options).flatMap(([name, { value }]) =>
    (knowledge.options[name]?.values[value]?.advisories ?? []).map(({ date, text }) => ({
      component: `${name}/${value}`,
      date,
      text,
    })),
  )

/** The words of a workflow without blueprints: the values' own names, `static_site` as "static site" too. */
export const ownNames = (options: KnowledgeParts['options']): Vocabulary => ({
  options: Object.fromEntries(
    Object.entries(options).map(([name, { values }]) => [
      name,
      Object.fromEntries(values.map((value) => [value, [value.replaceAll('_', ' ')]])),
    ]),
  ),
  tasks: {},
  tools: [],
})
