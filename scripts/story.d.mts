export interface Told {
  readonly command: string
  readonly code: number
  readonly shown: readonly string[]
  readonly line: number
}
export function readStory(text: string): Told[]
export function firstMissing(shown: readonly string[], output: string): string | undefined
