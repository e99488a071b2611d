// Which models a command works with, from its flags or from the run that it goes on with.
import { UsageError } from '../errors.js'
import type { Definitions } from '../run/definitions.js'
import type { ModelChoice } from '../run/events.js'
import type { Selection } from '../run/select.js'
import type { CallsBefore } from '../run/spent-before.js'
import type { Placed } from '../workflow/order.js'
import type { Config } from './config.js'
import { type ModelFlags, readModels } from './models.js'
import type { Tailoring } from './tailoring.js'

/** What a run is given of models; nothing where none is wanted. */
export interface OpenedModels {
  /** Where models tailor. */
  readonly tailoring?: Tailoring
  /** For the runs that go on with this one. */
  readonly models?: ModelChoice
}

/** A rerun speaks of what it names: what else was made without this model is not stale by that. */
export const modelFor =
  (names: ReadonlyMap<string, string>, selection: Selection | undefined) =>
  ({ agent, deliverable }: Placed): string | undefined =>
    selection === undefined || selection.wanted === 'stale' || selection.wanted.has(deliverable.id)
      ? names.get(agent.agent)
      : undefined

/** What a command's flags, or the run that it goes on with, say of models; nothing where none is wanted. */
export async function openModels(
  flags: ModelFlags,
  before: ModelChoice | undefined,
  definitions: Definitions,
  config: Config,
  calls?: CallsBefore,
): Promise<OpenedModels> {
  if (flags.replay !== undefined && (flags.model !== undefined || flags.record !== undefined))
    throw new UsageError('--replay answers from a file and asks no model; leave --model and --record out')
  const models = flags.replay === undefined ? await readModels(flags, before, config) : undefined
  if (models === undefined && flags.record !== undefined)
    throw new UsageError('--record keeps what a model answers, and none is chosen; add --model anthropic:<id>')
  if (models === undefined && flags.replay === undefined) return {}
  const { openTailoring } = await import('./tailoring.js')
  const tailoring = await openTailoring(models, flags, definitions, config, calls)
  if (models === undefined) return { tailoring }
  const { prices: _, ...choice } = models
  return { tailoring, models: choice }
}
