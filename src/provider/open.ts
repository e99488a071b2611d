// Makes one model out of what a user named: every call limited, paid for, tried again where that helps, and asked elsewhere where not.
import { UsageError } from '../errors.js'
import { anthropicCaller } from './anthropic.js'
import type { Budget } from './budget.js'
import { type Caller, type Surroundings, surroundings } from './call.js'
import { withFallback } from './fallback.js'
import { type Width, withLimit } from './limit.js'
import { type Access, findAccess, parseModelName, type Variables, type Vendor } from './models.js'
import { compatibleCaller, openaiCaller } from './openai.js'
import { redactor } from './redact.js'
import { PATIENCE, type Patience, withRetries } from './retry.js'
import { withoutSecret } from './secrets.js'
import type { Calling } from './stream.js'
import type { Model } from './turn.js'

export interface OpenOptions {
  /** `vendor:id` in the order in which they are asked. */
  readonly names: readonly string[]
  /** Environment variables, as cli read them; see models.ts for the names that count. */
  readonly env: Variables
  /** The user's own base URL. */
  readonly baseUrl?: string
  /** One for all models of a run. */
  readonly budget: Budget
  /** Told when the number of calls that may go out at once changes. */
  readonly onWidth?: (model: string, calls: number) => void
  readonly around?: Surroundings
  readonly patience?: Patience
  readonly width?: Width
  /** Most ms without a byte from the vendor. */
  readonly quiet?: number
}

const QUIET = 120_000

/** Throws UsageError for whatever can be known to be wrong before the first call. Loads no vendor's package. */
export function openModel(options: OpenOptions): Model {
  const { names, env, budget, around = surroundings, patience = PATIENCE, width, onWidth, quiet = QUIET } = options
  const calling = { redact: redactor(env), now: around.now, quiet }
  const models = accessTo(names, env, options.baseUrl).map((access) => {
    const paid = budget.over(withoutSecret(CALLERS[access.vendor](access, calling), access.key))
    // Inside the limit: money is only held for calls whose turn has come, and each try is paid for by itself.
    return withRetries(
      withLimit(paid, width, (calls) => onWidth?.(access.name, calls)),
      around,
      patience,
    )
  })
  const [first, ...rest] = models
  if (first === undefined) throw new UsageError('expected at least one model, e.g. --model anthropic:claude-opus-5-5')
  return withFallback([first, ...rest])
}

const CALLERS: Readonly<Record<Vendor, (access: Access, calling: Calling) => Caller>> = {
  anthropic: anthropicCaller,
  openai: openaiCaller,
  compatible: compatibleCaller,
}

/** The user's base URL belongs to the compatible models of the list, or to its one vendor: no key may go to another's server. */
function accessTo(names: readonly string[], env: Variables, baseUrl: string | undefined): Access[] {
  const vendors = new Set(names.map((name) => parseModelName(name).vendor))
  if (baseUrl !== undefined && vendors.size > 1 && !vendors.has('compatible')) {
    throw new UsageError(
      `--base-url is given, but ${names.join(', ')} are of different vendors; set ANTHROPIC_BASE_URL and OPENAI_BASE_URL instead`,
    )
  }
  return names.map((name) => {
    const { vendor } = parseModelName(name)
    return findAccess(name, env, vendors.size === 1 || vendor === 'compatible' ? baseUrl : undefined)
  })
}
