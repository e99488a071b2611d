// Types of run-documented.mjs for the tests.
export function runDocumented(given: {
  readonly workspace: string
  /** Where it may keep what a reader's machine has. */
  readonly folder: string
  readonly log: { write(text: string | Uint8Array): unknown }
  readonly minutes?: number
}): Promise<string>
