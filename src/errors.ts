// Every expected error. A message says what was expected, what was got and what to do next; anything else is a bug.

/** Exit codes of the command line, documented in README.md. */
export const EXIT = { done: 0, internal: 1, usage: 2, check: 3, person: 4, budget: 5, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** An error that a person can act on; cli.ts prints the message and exits with the code. */
export class UserError extends Error {
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message)
    this.name = new.target.name
    this.exitCode = exitCode
  }
}

/** Wrong flags, values or requirement texts. */
export class UsageError extends UserError {}

/** A data file of ours or of the user's (workflow, agent, prompt, blueprint, spec, contract) that does not hold together. */
export class DefinitionError extends UserError {
  constructor(
    message: string,
    readonly where: { readonly file: string; readonly line?: number; readonly column?: number },
  ) {
    const position =
      where.line === undefined ? '' : `:${where.line}${where.column === undefined ? '' : `:${where.column}`}`
    super(`${where.file}${position}: ${message}`)
  }
}

/** The workspace is not in a state in which we may write to it. */
export class WorkspaceError extends UserError {}

/** Files of the workspace are half changed; the next command that writes puts them right. */
export class NotRestored extends WorkspaceError {}

/** Another run holds the workspace. */
export class LockedError extends UserError {}

/** A three-way merge left conflicts, or another decision is a person's. */
export class DecisionNeeded extends UserError {
  constructor(message: string) {
    super(message, EXIT.person)
  }
}

/** What a run may cost is spent; it can be resumed with more. */
export class BudgetReached extends UserError {
  constructor(message: string) {
    super(message, EXIT.budget)
  }
}

/** The user pressed Ctrl-C, or the process was told to stop. */
export class Interrupted extends UserError {
  constructor(message = 'interrupted') {
    super(message, EXIT.interrupted)
  }
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and run the command again, what was finished is kept',
  EDQUOT: 'your disk quota is used up; free some space and run the command again, what was finished is kept',
  EFBIG:
    'a file may not grow any more here (ulimit -f, or the limit of the file system); raise it and run the command again',
  EROFS: 'the file system is read-only; make it writable or choose another --workspace',
  EACCES: 'permission is missing; grant it or choose another --workspace',
  EPERM: 'the system does not permit it; choose another --workspace',
}

/** What the system refused, as an error that a person can act on; undefined for anything else, which is a bug. */
export function systemError(error: unknown): UserError | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined
  const advice = SYSTEM[error.code]
  return advice === undefined ? undefined : new WorkspaceError(`${error.message}: ${advice}`)
}
