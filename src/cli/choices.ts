// Options given as flags: every name and value is checked before anything else happens.
import { UsageError } from '../errors.js'
import type { Spec } from '../spec/schema.js'
import { nearest } from '../workflow/distance.js'
import type { Workflow } from '../workflow/schema.js'

/** The reason of an option that a flag or an answer decided. */
export const CHOSEN = 'chosen by the user'

/** Components by id; a value is built where `<option>/<value>` is in it. */
export type Built = ReadonlyMap<string, unknown>

/**
 * Reads `--experiment-tracking mlflow` and `--option experiment_tracking=mlflow` alike.
 * @throws UsageError for unknown names and values (with the nearest), values that are not built, and flags that contradict each other
 */
export function readChoices(
  flags: Readonly<Record<string, unknown>>,
  options: Workflow['options'],
  built: Built,
): Map<string, string> {
  const choices = new Map<string, string>()
  const choose = (name: string, value: string, shown: string): void => {
    const before = choices.get(name)
    if (before !== undefined && before !== value) {
      throw new UsageError(`${shown} says ${value} and another flag says ${before} for ${name}; give one of them`)
    }
    checkValue(name, value, shown, options, built)
    choices.set(name, value)
  }
  for (const name of Object.keys(options)) {
    const value = flags[camelCase(name)]
    if (typeof value === 'string') choose(name, value, flagOf(name))
  }
  const pairs = Array.isArray(flags.option) ? flags.option : []
  for (const pair of pairs.map(String)) {
    const [name = '', value] = pair.split(/=(.*)/s)
    const known = name.replaceAll('-', '_')
    if (value === undefined)
      throw new UsageError(`--option "${pair}" is not of the form name=value, e.g. --option feature_store=feast`)
    if (!(known in options))
      throw new UsageError(
        `--option names the unknown option "${name}"; known are ${Object.keys(options).join(', ')}${suggestion(known, Object.keys(options))}`,
      )
    choose(known, value, `--option ${known}`)
  }
  return choices
}

function checkValue(name: string, value: string, shown: string, options: Workflow['options'], built: Built): void {
  const values = options[name]?.values ?? []
  if (!values.includes(value)) {
    throw new UsageError(`${shown} "${value}" is not one of ${values.join(', ')}.${suggestion(value, values)}`)
  }
  requireBuilt(name, value, options, built)
}

/** @throws UsageError naming the values that are built, because another value is never put in silently */
export function requireBuilt(name: string, value: string, options: Workflow['options'], built: Built): void {
  const ready = builtOf(name, options, built)
  if (ready.includes(value) || ready.length === 0) return
  throw new UsageError(
    `${name} "${value}" has no blueprint yet; built are ${ready.join(', ')}. Choose one of them with ${flagOf(name)}`,
  )
}

/**
 * The same for all options of a spec at once, so that nobody meets them one by one.
 * @throws UsageError naming each with the words that asked for it, and the flags that would do instead
 */
export function requireAllBuilt(chosen: Spec['options'], options: Workflow['options'], built: Built): void {
  const missing = Object.entries(chosen).filter(([name, { value }]) => {
    const ready = builtOf(name, options, built)
    return ready.length > 0 && !ready.includes(value)
  })
  if (missing.length === 0) return
  const lines = missing.map(([name, { value, quote, req }]) => {
    const words = quote === undefined ? '' : ` (the text says "${quote}", ${req})`
    return `${name} "${value}" has no blueprint yet; built are ${builtOf(name, options, built).join(', ')}${words}`
  })
  const flags = missing.map(([name]) => `${flagOf(name)} ${builtOf(name, options, built)[0] ?? ''}`)
  throw new UsageError(
    `${lines.join('\n')}\nAnother value is never put in silently: change the text or spec.yaml, or choose, e.g. ${flags.join(' ')}`,
  )
}

/** None where the option is for the agents to read, and no blueprint's. */
const builtOf = (name: string, options: Workflow['options'], built: Built): string[] =>
  (options[name]?.values ?? []).filter((value) => built.has(`${name}/${value}`))

/** The option's own flag, e.g. `--feature-store`. */
export const flagOf = (name: string): string => `--${name.replaceAll('_', '-')}`

/** ` Did you mean …?` where one known word is at most two edits away. */
export function suggestion(word: string, known: readonly string[]): string {
  const name = nearest(word.toLowerCase(), known)
  return name === undefined ? '' : ` Did you mean ${name}?`
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
