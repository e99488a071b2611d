// What run() is given: every outside thing as a function, so that nothing below it knows git, disk or terminal.
import type { Say } from '../agent/messages.js'
import type { Model, ToolDescription } from '../provider/turn.js'
import type { Amendments } from '../spec/amend.js'
import type { CheckResult, EmittedFile, Level } from '../types.js'
import type { Change } from '../verify/change.js'
import type { PhaseEntry } from '../workflow/order.js'
import type { MergeText } from '../workspace/merge-text.js'
import type { Accepted, Earlier } from './accepted.js'
import type { ContextSubject } from './context.js'
import type { Spendings } from './cost.js'
import type { Emit, RunEvent } from './events.js'
import type { Gates, Waits } from './gate.js'
import type { PlanItem } from './plan.js'
import type { Platform } from './platform.js'

/** The platform at one moment. */
export interface View {
  readonly files: readonly EmittedFile[]
  /** Paths of files that the person has git ignore: their content is for no model. */
  readonly hidden: ReadonlySet<string>
  /** New faults that a change would bring; to names, those of `platform`'s contract, where another one is to hold. */
  judge(change: Change, platform?: Platform): Promise<readonly CheckResult[]>
}

/** What a run with models has beside the rest. */
export interface Agents {
  /** Model of each agent, by agent id, as it enters keys. */
  readonly names: ReadonlyMap<string, string>
  /** For one deliverable's conversation; its turns are recorded. */
  model(agent: string, deliverable: string): Model
  readonly tools: readonly ToolDescription[]
  readonly say: Say
  /** Most tokens of one reply. */
  readonly maxTokens: number
  /** What a change would take away from what the baseline protects. */
  guard(
    change: {
      readonly before: readonly EmittedFile[]
      readonly after: readonly EmittedFile[]
      readonly removed: readonly string[]
    },
    platform: Platform,
  ): Promise<readonly CheckResult[]>
  /** What was used so far. */
  spent(): Spendings
}

/** One attempt as it goes to the generated branch; no files means that the deliverable is taken away. */
export interface NewCommit {
  readonly item: PlanItem
  readonly files: readonly EmittedFile[]
  readonly level: Level | 'none'
  /** Where an agent has tailored it: what it says of that. */
  readonly accepted?: Accepted
}

export type RunStart = Extract<RunEvent, { type: 'run-start' }>

/** What the run is given; every outside thing comes in here, so that tests use real ones of their own. */
export interface Engine {
  /** Says that the run begins; nothing else is written before it resolves, and then the run can be gone on with after a crash. */
  readonly begin: (start: RunStart) => Promise<void>
  readonly emit: Emit
  readonly clock: () => number
  readonly signal: AbortSignal
  readonly record: { putBlob(text: string): Promise<string> }
  /** Checks the files of one deliverable by themselves. */
  readonly check: (files: readonly EmittedFile[]) => Promise<readonly CheckResult[]>
  /** Checks what only the whole platform can show, and runs it where the level asks for it, once its files are there. */
  readonly checkPlatform: (results: readonly CheckResult[], there?: Promise<void>) => Promise<readonly CheckResult[]>
  /** Hands spec.yaml and contract.yaml over as `commit` does, before phase 1 and where an agent has amended the contract. */
  readonly recordSpec: () => Promise<void>
  /** Hands attempts over that are to be recorded on the generated branch, one commit each. */
  readonly commit: (attempts: readonly NewCommit[]) => void
  /**
   * Records what was handed over, all or none of it, and brings the generated branch into the user's, as far as that needs no decision.
   * Where no model is paid for, this waits for `keep` or `finishMerge`: all that could be lost is made again within a second.
   */
  readonly merge: () => Promise<void>
  /** As `merge`, at once: the run ends before everything is made. */
  readonly keep: () => Promise<void>
  /** Called when everything is made. @throws DecisionNeeded where something of it could not be brought */
  readonly finishMerge: () => Promise<void>
  /** Absent where no model is configured. */
  readonly agents?: Agents
  /** The platform as it is now. */
  view(): View
  /** From now on the platform has this change; another `platform` where the contract was amended. */
  accept(change: Change, platform?: Platform): void
  /** What an agent made of a deliverable before; undefined where the baseline was accepted. */
  earlier(deliverable: string): Promise<Earlier | undefined>
  readonly mergeText: MergeText
  /** Phases after which the run waits. */
  readonly gates: Gates
  /** What the run has to wait for after this phase; undefined where it may go on. @throws DecisionNeeded as finishMerge */
  readonly waitsFor: (phase: PhaseEntry) => Promise<Waits | undefined>
}

/** A platform, and the plan that follows from it. */
export interface Replanned {
  readonly platform: Platform
  readonly items: readonly PlanItem[]
}

export interface RunSubject extends ContextSubject, Replanned {
  readonly engine: Engine
  readonly workspace: string
  /**
   * The platform with other amendments of the contract; `made` are the hashes of what this run has made already.
   * @throws DefinitionError where blueprints make nothing of it
   */
  readonly replan: (amendments: Amendments, made: ReadonlyMap<string, string>) => Promise<Replanned>
}
