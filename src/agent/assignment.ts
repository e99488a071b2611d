// What a conversation is given, what it may use, and what comes of it.
import type { Failure, Model, Spender, ToolDescription, Usage } from '../provider/turn.js'
import type { CheckResult } from '../types.js'
import type { Written } from './draft.js'
import type { Say } from './messages.js'
import type { Progress } from './reply.js'
import type { Dropped } from './settle.js'
import type { Submission } from './submission.js'

export interface FileText {
  readonly path: string
  readonly content: string
}

/** One deliverable to tailor; nothing in it depends on time, place or chance, as every request is made of it. */
export interface Assignment {
  readonly deliverable: string
  readonly system: string
  /** The rendered prompt, in pieces that other conversations may share. */
  readonly parts: readonly { readonly text: string; readonly shared?: true }[]
  /** The mark of the tags, as the prompt gives it. */
  readonly nonce: string
  /** Files that may be tailored. None: there is no blueprint, and what is written stands alone. */
  readonly baseline: readonly FileText[]
  /** Every generated file that may be read; those that are not in the baseline belong to other deliverables. */
  readonly readable: ReadonlyMap<string, string>
  /** Of these, the ones of others that are never shown. */
  readonly hidden?: ReadonlySet<string>
  readonly requirementIds: readonly string[]
  /** Most tokens of one reply. */
  readonly maxTokens: number
}

/**
 * New failures of a work, compared with the baseline: `files` are those that differ from it, `removed` those to delete, `contract`
 * what is proposed for the contract.
 */
export type CheckWork = (
  files: Written,
  removed: readonly string[],
  contract: Submission['contract'],
) => Promise<readonly CheckResult[]>

export interface Hands {
  readonly model: Model
  /** As describeTools gives them: the same for every conversation. */
  readonly tools: readonly ToolDescription[]
  readonly say: Say
  readonly check: CheckWork
  readonly guard: CheckWork
  readonly tell: (event: ConversationEvent) => void
  readonly signal: AbortSignal
  /** Whom the calls are made for. */
  readonly spender?: Spender
}

export type ConversationEvent =
  | Progress
  | { readonly type: 'turn-start'; readonly turn: number }
  /** The first sign of a reply. */
  | { readonly type: 'turn-reply'; readonly turn: number }
  /** The call is made again after `wait` ms; files that were begun begin again. */
  | { readonly type: 'turn-again'; readonly turn: number; readonly reason: string; readonly wait: number }
  /** A call may have been paid for, although its answer never arrived whole. */
  | { readonly type: 'turn-lost'; readonly turn: number; readonly reason: string }
  | {
      readonly type: 'turn-end'
      readonly turn: number
      readonly outcome: string
      readonly model?: string
      readonly usage?: Usage
    }
  /** A submission was looked at and went back. */
  | { readonly type: 'round'; readonly round: number; readonly failures: number }
  | { readonly type: 'dropped'; readonly path: string; readonly reason: string }

/** What comes of a conversation; `turns` counts calls of the model. */
export type Tailoring = { readonly turns: number } & (
  | {
      readonly outcome: 'tailored'
      /** Only those that differ from the baseline, sorted by path. */
      readonly files: readonly FileText[]
      readonly removed: readonly string[]
      /** What was accepted of the proposals for the contract. */
      readonly contract: Submission['contract']
      readonly submission: Submission
      readonly dropped: readonly Dropped[]
      /** Why the conversation ended before the last submission was accepted as it was. */
      readonly unfinished?: string
    }
  | {
      readonly outcome: 'baseline'
      readonly why: 'nothing to change' | 'all dropped' | GivenUp
      readonly reason: string
      /** Where the model says why nothing is to change. */
      readonly submission?: Submission
      readonly dropped: readonly Dropped[]
      readonly failure?: Failure
    }
  /** There is no baseline to fall back to; `files` are those that were accepted nevertheless. */
  | {
      readonly outcome: 'failed'
      readonly why: 'nothing written' | 'not all accepted' | GivenUp
      readonly reason: string
      readonly files: readonly FileText[]
      readonly dropped: readonly Dropped[]
      readonly failure?: Failure
    }
  /** No other conversation of the run would do better: it can be resumed when that is mended. */
  | { readonly outcome: 'stopped'; readonly why: 'over budget' | 'key' | 'model'; readonly reason: string }
)

export type GivenUp = 'refused' | 'failed' | 'not submitted'
