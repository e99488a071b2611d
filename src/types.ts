// The few nouns that leaves share; everything else is defined where it is owned.

/** How far a file, deliverable or platform has been verified; see docs/verification.md. */
export const LEVELS = ['L0', 'L1', 'L2', 'L3', 'L4'] as const
export type Level = (typeof LEVELS)[number]

/** Ranks of a git tree entry that we emit: plain or executable. Links are never emitted. */
export type FileMode = '100644' | '100755'

/** One file as the generated project holds it. `path` is relative to the workspace, with forward slashes. */
export interface EmittedFile {
  readonly path: string
  readonly content: string
  readonly mode: FileMode
  /** Id of the deliverable that owns the path. */
  readonly deliverable: string
  /** Component folders that contributed, in composition order, e.g. `core`, `experiment_tracking/mlflow`. */
  readonly components: readonly string[]
  /** Documents are outside a deliverable's level. */
  readonly documentation: boolean
}

/** Why something was not checked, or what a check said; checks return these and never throw. */
export interface CheckResult {
  /** Stable name, e.g. `python/ruff`, `seam/prometheus-metric`. */
  readonly check: string
  readonly level: Level
  readonly status: 'pass' | 'fail' | 'not run'
  readonly tool: string
  /** Empty where the tool did not run. */
  readonly version: string
  readonly reason: string
  readonly deliverable?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** JSON as it comes out of a parser, before zod has looked at it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
