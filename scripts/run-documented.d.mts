// Types of run-documented.mjs for the tests.
export function runDocumented(given: {
  readonly workspace: string
  readonly log: { write(text: string | Uint8Array): unknown }
  readonly minutes?: number
}): Promise<string>
