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
  /** Of a workflow's step: what only a run at the code host can give it. */
  readonly variables?: readonly string[]
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
export const PARSED: readonly {
  readonly program?: string
  readonly match?: RegExp
  readonly unless?: RegExp
  readonly needs: string
}[]
export const RUNNER: readonly string[]
export const ELSEWHERE: readonly { readonly match: RegExp; readonly case: string }[]
export function documentedCommands(files: ReadonlyMap<string, string>): {
  readonly commands: Documented[]
  readonly problems: Problem[]
}
export function markdownCommands(content: string, scripts?: ReadonlySet<string>): Found
export function makeCommands(content: string): Found
export function workflowCommands(
  content: string,
): Pick<Found, 'problems'> & { readonly commands: Omit<Documented, 'file'>[] }
export function dvcCommands(content: string): Found
export function yamlCommands(content: string, isCommand: (path: readonly string[]) => boolean): Found
export function planCommands(commands: readonly Documented[]): {
  readonly plan: Planned[]
  readonly problems: Problem[]
}
export function projectScripts(pyproject: string): Set<string>
