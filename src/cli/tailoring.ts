// A run with models, put together from what the user chose: loaded only where one was.
import path from 'node:path'
import { describeTools } from '../agent/tools.js'
import { accounts } from '../provider/accounts.js'
import { openBudget } from '../provider/budget.js'
import type { Estimate } from '../provider/estimate.js'
import { openModel } from '../provider/open.js'
import { loadPrices, type Prices } from '../provider/prices.js'
import type { Model, ToolDescription } from '../provider/turn.js'
import { type RecordedAnswer, readRecording, writeRecording } from '../record/recording.js'
import { loadAgentTexts, openAgents } from '../run/agents.js'
import type { ContextSubject } from '../run/context.js'
import type { Spendings } from '../run/cost.js'
import type { Definitions } from '../run/definitions.js'
import type { Agents } from '../run/engine.js'
import { type Asker, type Ledger, READER, replayed } from '../run/ledger.js'
import type { PlanItem } from '../run/plan.js'
import { type CallsBefore, spentBefore } from '../run/spent-before.js'
import { guard } from '../verify/guard.js'
import { statedNumbers } from '../verify/guard-stated.js'
import type { Config } from './config.js'
import { estimateOf } from './estimate.js'
import { type ModelFlags, type Models, modelNames, modelsFor } from './models.js'

/** Most tokens of one reply. */
const MAX_TOKENS = 32_000

export interface Tailoring {
  /** The model of each agent, by agent id. */
  readonly names: ReadonlyMap<string, string>
  readonly agents: (ledger: Ledger) => Agents
  /** What it may cost; undefined where answers come from a file. */
  readonly estimate?: (items: readonly PlanItem[], subject: ContextSubject) => Estimate
  readonly tools: readonly ToolDescription[]
  /** Who reads requirements; absent where a recording has nobody who did. */
  readonly reader?: { readonly name: string; readonly model: () => Model; readonly asks: boolean }
  /** Keeps the answers, where that was asked for; to be called however the run ends. */
  readonly finish: (before?: readonly RecordedAnswer[]) => Promise<void>
}

export async function openTailoring(
  models: Models | undefined,
  flags: ModelFlags,
  definitions: Definitions,
  config: Config,
  before?: CallsBefore,
): Promise<Tailoring> {
  const ask =
    flags.replay === undefined
      ? await asking(models, before, definitions, config, flags.dryRun === true)
      : await replaying(flags.replay, config)
  const texts = await loadAgentTexts(path.join(definitions.product, 'prompts'))
  const tools = describeTools(texts.descriptions)
  const { names, prices } = ask
  let ledger: Ledger | undefined
  return {
    names,
    tools,
    ...(prices === undefined
      ? {}
      : { estimate: (items, subject) => estimateOf(items, subject, { names, tools, prices }) }),
    agents: (opened) => {
      ledger = opened
      const protect: Agents['guard'] = ({ before, after, removed }, { composition, contract, spec }) =>
        guard(before, after, removed, { contract, stated: statedNumbers(spec), project: composition.files })
      const parts = { texts, names: ask.names, model: ask.model, maxTokens: MAX_TOKENS, spent: ask.spent }
      return openAgents({ ...parts, guard: protect }, opened)
    },
    ...(ask.reader === undefined ? {} : { reader: ask.reader }),
    finish: async (before = []) => {
      if (flags.record === undefined || ledger === undefined) return
      await writeRecording(path.resolve(config.cwd, flags.record), {
        models: {
          ...Object.fromEntries(ask.names),
          ...(ask.reader === undefined ? {} : { [READER]: ask.reader.name }),
        },
        answers: [...before, ...ledger.answers()],
      })
    },
  }
}

interface Asking {
  readonly names: ReadonlyMap<string, string>
  readonly model: Parameters<typeof openAgents>[0]['model']
  readonly spent: () => Spendings
  readonly prices?: Prices
  readonly reader?: Tailoring['reader']
}

async function asking(
  models: Models | undefined,
  before: CallsBefore | undefined,
  definitions: Definitions,
  config: Config,
  dry: boolean,
): Promise<Asking> {
  if (models === undefined) throw new Error('no model was chosen')
  const prices = await loadPrices(path.join(definitions.product, 'workflows', 'prices.yaml'), models.prices)
  const used = before && spentBefore(before, prices)
  const budget = openBudget({ limit: models.budget, prices, ...(used === undefined ? {} : { before: used }) })
  const { baseUrl } = models
  // Agents that name the same models share them, and so how many calls may go out at once.
  const opened = new Map<string, Model>()
  const open = (names: readonly string[]): Model => {
    const key = names.join(' ')
    const model =
      opened.get(key) ?? openModel({ names, env: config.env, budget, ...(baseUrl === undefined ? {} : { baseUrl }) })
    opened.set(key, model)
    return model
  }
  const agents = dry ? [] : [...definitions.loaded.agents]
  const byAgent = new Map(agents.map(([id, { tier }]) => [id, open(modelsFor(tier, models))]))
  // What a misread text costs later is more than a better model costs here.
  const best = modelsFor('strong', models)
  const [first] = best
  return {
    names: modelNames(definitions, models),
    model: ({ agent }) => {
      const model = byAgent.get(agent)
      if (model === undefined) throw new Error(`the workflow has no agent ${agent}`)
      return model
    },
    prices,
    ...(first === undefined ? {} : { reader: { name: first, model: () => open(best), asks: true } }),
    spent: () => ({ ...budget.totals(), ...(used === undefined ? {} : { before: used }) }),
  }
}

async function replaying(file: string, config: Config): Promise<Asking> {
  const recording = await readRecording(path.resolve(config.cwd, file))
  const model = replayed(recording, file)
  const { [READER]: reader, ...names } = recording.models
  return {
    names: new Map(Object.entries(names)),
    ...(reader === undefined
      ? {}
      : { reader: { name: reader, model: () => model({ agent: READER, deliverable: READER }), asks: false } }),
    model: (asker: Asker) => model(asker),
    spent: accounts(new Map()).totals,
  }
}
