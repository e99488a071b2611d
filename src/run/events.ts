// What a run says while it works: one union, written to the record and shown to people by cli/.
import type { Answer } from '../provider/recorded.js'
import type { Turn, Usage } from '../provider/turn.js'
import type { CheckResult, Level } from '../types.js'
import type { Cost, Spending } from './cost.js'

/** Status of a deliverable after a run; agents and phases fold theirs from it. */
export type DeliverableStatus =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'done'
  | 'failed'
  | 'stale'
  | 'not built'
  | 'not at this maturity'
  | 'not applicable'

export interface DeliverableSummary {
  readonly id: string
  readonly status: DeliverableStatus
  readonly level: Level | 'none'
  readonly files: number
}

export type RunStatus = 'done' | 'failed' | 'waiting' | 'interrupted' | 'over budget'

/** What a run is to make, recorded before it writes anything else: from this another run can go on. */
export interface Intent {
  /** Shared by all runs that go on with one another, and by their attempts on the generated branch. */
  readonly run: string
  /** Blob of the spec.yaml that the run is to record. */
  readonly spec: string
  /** Blob of spec.yaml as the run found it, where there was one. */
  readonly found?: string
  /** How far to verify. */
  readonly level: 'none' | 'L1' | 'L2' | 'L3'
  /** Ids of the deliverables that were asked for; absent where all were. */
  readonly only?: readonly string[]
  /** The baselines of these were wanted, without what agents had made of them. */
  readonly plain?: true
  /** What the agents of these were to do differently. */
  readonly note?: string
  /** Uncommitted changes are set aside meanwhile. */
  readonly autostash?: boolean
  /** Number of the run that this one goes on with. */
  readonly resumes?: number
  /** Phases after which the run was asked to wait for a person, besides those that the workflow names. */
  readonly pause?: readonly string[]
  /** Who was asked to tailor. */
  readonly models?: ModelChoice
}

/** Which models a run asks, and what it may spend on them. */
export interface ModelChoice {
  /** `vendor:id` in the order in which they are asked, by tier. */
  readonly tiers: Readonly<Record<string, readonly string[]>>
  readonly baseUrl?: string
  readonly budget: { readonly usd: number } | { readonly tokens: number } | 'none'
}

/** What came of one agent's work on one deliverable. */
export interface Tailoring {
  readonly deliverable: string
  /** `kept`: what was tailored before goes together with a new baseline. `waiting`: it does not, and a person decides. */
  readonly outcome: 'tailored' | 'baseline' | 'failed' | 'kept' | 'waiting'
  /** Why the baseline was taken, or why the work ended before all of it was accepted. */
  readonly reason: string
  /** Paths that are other than in the baseline, or new. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Entries of the contract that changed with it. */
  readonly contract: readonly string[]
  /** What the agent wrote and was not accepted. */
  readonly dropped: readonly { readonly path: string; readonly reason: string }[]
  readonly turns: number
}

export type RunEvent =
  | {
      readonly type: 'run-start'
      readonly workspace: string
      readonly maturity: number
      readonly options: Readonly<Record<string, string>>
      /** Absent where there is nothing to do, and so nothing is recorded. */
      readonly intent?: Intent
    }
  | { readonly type: 'phase-start'; readonly phase: string; readonly title: string }
  | {
      readonly type: 'agent-start'
      readonly phase: string
      readonly agent: string
      readonly deliverables: readonly string[]
    }
  | {
      readonly type: 'deliverable-start'
      readonly deliverable: string
      readonly attempt: number
      readonly reasons: readonly string[]
    }
  | { readonly type: 'prompt'; readonly deliverable: string; readonly sha256: string; readonly tokens: number }
  /** On disk before the call is sent: without a turn-end of the same request it is not known what came of it. */
  | {
      readonly type: 'turn-start'
      readonly deliverable: string
      /** Counts from 1 within the conversation. */
      readonly turn: number
      /** Id of the request. */
      readonly request: string
      readonly model: string
      /** Tokens that it may use at most. */
      readonly most?: { readonly input: number; readonly output: number }
    }
  | {
      readonly type: 'turn-end'
      readonly deliverable: string
      readonly turn: number
      readonly request: string
      readonly outcome: Turn['outcome']
      /** In the record alone, where nobody is shown it. */
      readonly answer?: Answer
      /** The answer had been recorded before; nothing was sent. */
      readonly recalled?: true
      /** Who answered. */
      readonly model?: string
      readonly usage?: Usage
      readonly reason?: string
      /** Calls made for it before, that may have been paid for without an answer. */
      readonly lost?: number
    }
  /** A call of the turn may have been paid for without an answer: on disk before the next one is sent. */
  | {
      readonly type: 'turn-lost'
      readonly deliverable: string
      readonly turn: number
      readonly request: string
      readonly reason: string
    }
  /** An agent begins to write a file. */
  | { readonly type: 'file-start'; readonly deliverable: string; readonly path: string }
  /** What an agent submitted was looked at and went back. */
  | {
      readonly type: 'tailor-round'
      readonly deliverable: string
      readonly round: number
      readonly failures: number
    }
  | ({ readonly type: 'tailor-end' } & Tailoring)
  | {
      readonly type: 'check-end'
      readonly deliverable: string
      readonly level: Level | 'none'
      readonly failed: readonly CheckResult[]
      readonly notRun: readonly CheckResult[]
    }
  | { readonly type: 'commit'; readonly deliverable: string; readonly commit: string }
  | ({ readonly type: 'deliverable-end' } & Omit<DeliverableSummary, 'id'> & {
        readonly deliverable: string
        readonly unchanged: boolean
      })
  | {
      readonly type: 'agent-end'
      readonly phase: string
      readonly agent: string
      readonly seconds: number
      /** Where models were asked. */
      readonly spent?: Spending
    }
  | { readonly type: 'phase-end'; readonly phase: string }
  /** The last event before run-end: nothing more is made until a person has approved this tree of the phase's files. */
  | {
      readonly type: 'gate-wait'
      readonly phase: string
      readonly title: string
      readonly tree: string
      readonly files: number
    }
  | { readonly type: 'verify-start'; readonly level: Level; readonly command: string }
  | { readonly type: 'verify-output'; readonly line: string }
  | {
      readonly type: 'verify-end'
      readonly level: Level
      readonly status: 'pass' | 'fail' | 'not run'
      readonly seconds: number
      readonly reason: string
    }
  /** Where agents tailor: just before run-end, however the run ends. */
  | Readonly<Cost>
  | {
      readonly type: 'run-end'
      readonly status: RunStatus
      readonly workspace: string
      readonly deliverables: readonly DeliverableSummary[]
    }

export type Emit = (event: RunEvent) => void
