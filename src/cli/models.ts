// Which models a user wants: from flags, from the run that is gone on with, or from a file of their own; never from the workspace,
// which others write to.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { DefinitionError, UsageError } from '../errors.js'
import type { Definitions } from '../run/definitions.js'
import type { ModelChoice } from '../run/events.js'
import type { Config } from './config.js'

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat())
const settingsSchema = z.strictObject({
  /** By tier. */
  models: z
    .strictObject({ strong: oneOrMore.optional(), standard: oneOrMore.optional(), fast: oneOrMore.optional() })
    .optional(),
  base_url: z.string().optional(),
  budget: z.union([z.number().positive(), z.literal('none')]).optional(),
  budget_tokens: z.number().int().positive().optional(),
  /** A file of prices, beside this one unless it is absolute. */
  prices: z.string().optional(),
})
type Settings = z.infer<typeof settingsSchema>

/** As commander parsed them. */
export interface ModelFlags {
  readonly model?: readonly string[]
  readonly baseUrl?: string
  readonly budget?: string
  readonly budgetTokens?: string
  readonly record?: string
  readonly replay?: string
  /** Nothing is sent, so no key is needed. */
  readonly dryRun?: boolean
}

/** What is spent at most where nobody said otherwise, in USD. */
const BUDGET = 10

export interface Models extends ModelChoice {
  /** The user's own file of prices. */
  readonly prices?: string
}

/** Undefined where no model is wanted. @throws UsageError, or DefinitionError with the file */
export async function readModels(
  flags: ModelFlags,
  before: ModelChoice | undefined,
  config: Config,
): Promise<Models | undefined> {
  const { file, settings } = await readSettings(config)
  const tiers = tiersOf(flags.model, before?.tiers, settings.models)
  const alone = (['baseUrl', 'budget', 'budgetTokens'] as const).find((name) => flags[name] !== undefined)
  if (tiers === undefined) {
    if (alone === undefined) return undefined
    throw new UsageError(`--${dashed(alone)} is about a model, and none is chosen; add --model anthropic:<id>`)
  }
  const baseUrl = flags.baseUrl ?? (flags.model === undefined ? (before?.baseUrl ?? settings.base_url) : undefined)
  const prices = settings.prices === undefined ? undefined : path.resolve(path.dirname(file), settings.prices)
  return {
    tiers,
    budget: budgetOf(flags) ?? before?.budget ?? settingsBudget(settings) ?? { usd: BUDGET },
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(prices === undefined ? {} : { prices }),
  }
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function tiersOf(
  named: readonly string[] | undefined,
  before: ModelChoice['tiers'] | undefined,
  settings: Settings['models'],
): ModelChoice['tiers'] | undefined {
  if (named !== undefined) return { strong: named }
  if (before !== undefined) return before
  const tiers = Object.entries(settings ?? {}).filter((entry): entry is [string, string[]] => entry[1] !== undefined)
  return tiers.length === 0 ? undefined : Object.fromEntries(tiers)
}

function budgetOf({ budget, budgetTokens }: ModelFlags): ModelChoice['budget'] | undefined {
  if (budget !== undefined && budgetTokens !== undefined)
    throw new UsageError('--budget is in USD and --budget-tokens in tokens; give one of them')
  if (budgetTokens !== undefined) {
    const tokens = Number(budgetTokens)
    if (Number.isInteger(tokens) && tokens > 0) return { tokens }
    throw new UsageError(
      `--budget-tokens "${budgetTokens}" is not a whole number above 0, e.g. --budget-tokens 2000000`,
    )
  }
  if (budget === undefined || budget === 'none') return budget
  const usd = Number(budget)
  if (Number.isFinite(usd) && usd > 0) return { usd }
  throw new UsageError(`--budget "${budget}" is no amount in USD and not none, e.g. --budget 5`)
}

function settingsBudget({ budget, budget_tokens }: Settings): ModelChoice['budget'] | undefined {
  if (budget_tokens !== undefined) return { tokens: budget_tokens }
  return budget === undefined || budget === 'none' ? budget : { usd: budget }
}

/** MLOPS_AGENTS_CONFIG, or config.yaml in the user's own folder for settings. */
async function readSettings(config: Config): Promise<{ readonly file: string; readonly settings: Settings }> {
  // An empty variable is how shells say that there is none.
  const named = config.env.MLOPS_AGENTS_CONFIG || undefined
  const { default: envPaths } = await import('env-paths')
  const file = named ?? path.join(envPaths('mlops-agents', { suffix: '' }).config, 'config.yaml')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && named === undefined) return ''
    throw new UsageError(`${file}: cannot be read (${error.code ?? error.message})`)
  })
  if (text === '') return { file, settings: {} }
  const { load } = await import('js-yaml')
  let value: unknown
  try {
    value = load(text) ?? {}
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new DefinitionError(`not valid YAML: ${first}`, { file })
  }
  const parsed = settingsSchema.safeParse(value)
  if (parsed.success) return { file, settings: parsed.data }
  const [issue] = parsed.error.issues
  throw new DefinitionError(`${issue?.path.join('.') || 'top level'}: ${issue?.message ?? 'not as expected'}`, { file })
}

/** Models of one tier, or of the next better one that is named. */
export function modelsFor(tier: string, { tiers }: ModelChoice): readonly string[] {
  const order = ['fast', 'standard', 'strong']
  const upward = [...order.slice(order.indexOf(tier)), ...order.slice(0, order.indexOf(tier)).reverse()]
  return upward.map((name) => tiers[name]).find((names) => names !== undefined) ?? []
}

/** The model that each agent asks first, by agent id: what enters the keys of what it makes. */
export const modelNames = ({ loaded }: Definitions, models: ModelChoice): Map<string, string> =>
  new Map(
    [...loaded.agents].flatMap(([id, { tier }]) =>
      modelsFor(tier, models)
        .slice(0, 1)
        .map((name) => [id, name]),
    ),
  )
