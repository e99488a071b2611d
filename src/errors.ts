// Every expected error. A message says what was expected, what was got and what to do next; anything else is a bug.

import type { Document, LineCounter } from 'yaml'

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

/** Another run holds the workspace. */
export class LockedError extends UserError {}

/** A three-way merge left conflicts, or another decision is a person's. */
export class DecisionNeeded extends UserError {
  constructor(message: string) {
    super(message, EXIT.person)
  }
}

/** The user pressed Ctrl-C, or the process was told to stop. */
export class Interrupted extends UserError {
  constructor(message = 'interrupted') {
    super(message, EXIT.interrupted)
  }
}

/** Turns the first fault that zod found in a YAML document into an error that points at the value, or at its nearest parent. */
export function definitionErrorAt(
  file: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  document: Document.Parsed,
  lines: LineCounter,
): DefinitionError {
  const [first] = issues
  const at = first?.path.map(String) ?? []
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const message = `${at.length > 0 ? `${at.join('.')}: ` : ''}${first?.message ?? 'not valid'}${more}`
  for (let depth = at.length; depth >= 0; depth--) {
    const path = first?.path.slice(0, depth) ?? []
    const node = depth === 0 ? document.contents : document.getIn(path, true)
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0])
      return new DefinitionError(message, { file, line, column: col })
    }
  }
  return new DefinitionError(message, { file })
}

/** Structural, so that importing the errors does not load the YAML parser. */
function isNode(value: unknown): value is { range?: [number, number, number] | null } {
  return typeof value === 'object' && value !== null && 'range' in value
}
