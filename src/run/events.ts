// What a run says while it works: one union, written to the record and shown to people by cli/.
import type { CheckResult, Level } from '../types.js'

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

export type RunStatus = 'done' | 'failed' | 'waiting' | 'interrupted'

export type RunEvent =
  | {
      readonly type: 'run-start'
      readonly workspace: string
      readonly maturity: number
      readonly options: Readonly<Record<string, string>>
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
  | { readonly type: 'agent-end'; readonly phase: string; readonly agent: string; readonly seconds: number }
  | { readonly type: 'phase-end'; readonly phase: string }
  | { readonly type: 'verify-start'; readonly level: Level; readonly command: string }
  | { readonly type: 'verify-output'; readonly line: string }
  | {
      readonly type: 'verify-end'
      readonly level: Level
      readonly status: 'pass' | 'fail' | 'not run'
      readonly seconds: number
      readonly reason: string
    }
  | {
      readonly type: 'run-end'
      readonly status: RunStatus
      readonly workspace: string
      readonly deliverables: readonly DeliverableSummary[]
    }

export type Emit = (event: RunEvent) => void
