// Types of documented-commands.mjs for the tests; acceptance itself runs without a build.
export interface Found {
  readonly commands: { readonly line: number; readonly text: string }[]
  readonly problems: { readonly line: number; readonly reason: string }[]
}
export interface Place {
  readonly file: string
  readonly line: number
}
export interface Documented extends Place {
  readonly text: string
  /** A line of make or dvc, which a person does not type. */
  readonly recipe?: boolean
}
export interface Problem extends Place {
  readonly reason: string
}
export interface Planned {
  readonly text: string
  /** `within`: a line that make or dvc runs and says; `elsewhere`: run by another case of acceptance. */
  readonly how: 'run' | 'serve' | 'within' | 'parse' | 'elsewhere'
  readonly reason?: string
  readonly ports?: readonly (string | number)[]
  readonly places: readonly Place[]
}
export const SERVERS: readonly { readonly match: RegExp; readonly ports: readonly (string | number)[] }[]
export const PARSED: readonly { readonly program?: string; readonly match?: RegExp; readonly needs: string }[]
export const ELSEWHERE: readonly { readonly match: RegExp; readonly case: string }[]
export function documentedCommands(files: ReadonlyMap<string, string>): {
  readonly commands: Documented[]
  readonly problems: Problem[]
}
export function markdownCommands(content: string, scripts?: ReadonlySet<string>): Found
export function makeCommands(content: string): Found
export function dvcCommands(content: string): Found
export function yamlCommands(content: string, isCommand: (path: readonly string[]) => boolean): Found
export function planCommands(commands: readonly Documented[]): {
  readonly plan: Planned[]
  readonly problems: Problem[]
}
export function programsOf(text: string): string[]
export function pathsOf(text: string): string[]
export function projectScripts(pyproject: string): Set<string>
