// On which side of a number or a switch safety lies, by what it is called; and whether a change goes to the other side.
import type { Json } from '../types.js'
import { isStated, type Stated } from './guard-stated.js'

/**
 * `floor`: lower is looser. `cap`: higher is looser. `on`, `off`: the safe state of a switch. `size`: a limit that a platform grows
 * with; only none at all, or ten times as much, is no limit any more. `time`: a limit of patience, likewise. `spare`: a number of copies, of which
 * one has to be left where there were two. `evidence`: fewer are not judged; where ten times as many are asked for, nothing is.
 */
export type Direction = 'floor' | 'cap' | 'on' | 'off' | 'size' | 'time' | 'spare' | 'evidence'

/** The first that fits decides; words of the last key, in snake case. */
const BY_NAME: readonly (readonly [RegExp, Direction])[] = [
  [/^auto_promotion_enabled$/, 'off'],
  [/(^|_)(loss|rise|fall|degradation)_\w*min$|^page_hinkley_delta$|^relative_effect$/, 'cap'],
  [/^(min_?replicas|minimum_replicas|replicas|replica_count|autoscale_min|min_nodes|min_available)$/, 'spare'],
  [
    /^(max_iter|max_depth|max_leaf|max_features|max_bins|min_samples|max_trials|min_child|max_len|max_lines|max_width|lower|upper|low|high|limit_amount)(_|$)/,
    'size',
  ],
  [
    /timeout|deadline_seconds|time_limit|duration_limit|_ttl|poke_seconds|grace_seconds|lead_seconds|max_retry_delay|drain|finish|retry_limit|backoff/,
    'time',
  ],
  [/(^|_)(retries|attempts|max_retries|max_attempts|retry_count)$/, 'size'],
  [
    /(^|_)(max|maximum|limit|limits|quota)(_|$).*(replicas|nodes|workers|threads|connections|rows|entries|entities|columns|pods|cpu|memory|gib|bytes|size|concurrency|parallel|runs|batch|tokens|surge|cores|items|trials|categories|groups|slices|values|windows|features|lines)/,
    'size',
  ],
  [
    /(replicas|nodes|workers|threads|rows|entities|pods|batch|concurrency|runs|size|cores|trials)_(max|maximum|limit)$/,
    'size',
  ],
  [/^(max|maximum)_?(replicas|nodes|surge|unavailable)?$/, 'size'],
  [
    /(^|_)(enabled|required|strict|enforce|enforced|blocks?|encrypted|protected|protection|protect|verify|verified|validate|alert_when_\w+|require_\w+|prevent_\w+|check_\w+|fail_on_\w+|fairness_blocks|force_ssl|require_tls|starttls|abort)(_|$)/,
    'on',
  ],
  [
    /(^|_)(insecure|skip|skip_\w+|allow_failure|ignore_errors?|allow_\w+|privileged|public|publicly_accessible|disabled?|force_destroy|ignore_missing_imports|continue_on_error)(_|$)/,
    'off',
  ],
  [/(^|_)(min|minimum|at_least|floor|fail_under|coverage)(_|$)|_needed$|_wanted$/, 'floor'],
  [
    /^(permutations|bootstrap_samples|samples|resamples|seeds|standard_errors|power|gap_days|significance_rounds|folds|repeats|calibration_bins|undo_days|backup_days|log_retention_days|confidence|mostly)$/,
    'floor',
  ],
  [
    /(^|_)(max|maximum|at_most|bound|tolerance|alpha|threshold|p_value|psi|share_max|error_share|failures|failure_limit|budget|ceiling)(_|$)/,
    'cap',
  ],
  [/^(retention_days|latency_seconds|lookup_seconds|score_distance|error_rate|freshness_days|label_delay)$/, 'cap'],
]

export const snake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/-/g, '_')
    .toLowerCase()

/** Direction of the value at a path of keys; nothing where its name does not say. */
export function directionOf(path: readonly (string | number)[]): Direction | undefined {
  const keys = path.filter((key) => typeof key === 'string').map((key) => snake(key.replace(/^.*\./, '')))
  const last = keys.at(-1) ?? ''
  if (/^(replicas|autoscaling)$/.test(keys.at(-2) ?? '') && /^(min|minimum)$/.test(last)) return 'spare'
  const context = path.map((key) => snake(String(key))).join('.')
  if (
    /^(min_)?(\w*_)?(rows|positives|windows|history|slice_rows|slice_positives|rows_for_shift)(_min)?$/.test(last) &&
    /min/.test(last)
  )
    return /(^|[._])(needs|requirements|algorithms?|data)[._]/.test(context) ? 'floor' : 'evidence'
  const named = BY_NAME.find(([pattern]) => pattern.test(last))?.[1]
  // A search space is no promise, whatever its ends are called.
  if (keys.some((key) => /^(spaces?|search|parameters|typical|strength)/.test(key))) return undefined
  return named
}

const TIMES = 10

/** Why the new value is looser than the old one; nothing where it is not, or where a person has asked for it. */
export function movedLooser(
  direction: Direction,
  was: Json,
  is: Json | undefined,
  about: string,
  stated: readonly Stated[],
): string | undefined {
  if (was === is) return undefined
  const back = `keep ${JSON.stringify(was)}, or state the other value in the requirements`
  if (direction === 'on') return was === true && is === false ? `was switched off; ${back}` : undefined
  if (direction === 'off') return was === false && is === true ? `was switched on; ${back}` : undefined
  const [before, after] = [amount(was), amount(is)]
  if (before === undefined) return undefined
  if (is === null) return `${shownAmount(was)} became no limit at all; ${back}`
  if (after === undefined || isStated(stated, after, about)) return undefined
  const moved = `went from ${shownAmount(was)} to ${shownAmount(is)}`
  if (direction === 'spare') return before >= 2 && after < 2 ? `${moved}, so that none may fail; ${back}` : undefined
  if (direction === 'evidence')
    return before > 0 && after > before * TIMES ? `${moved}, so that hardly anything is judged; ${back}` : undefined
  if (direction === 'floor') return after < before ? `${moved}, which is looser; ${back}` : undefined
  if (direction === 'cap') return after > before ? `${moved}, which is looser; ${back}` : undefined
  const unlimited = before > 0 && (after < 0 || (after === 0 && direction === 'time'))
  return unlimited || (before > 0 && after > before * TIMES)
    ? `${moved}, which limits nothing any more; ${back}`
    : undefined
}

const shownAmount = (value: Json | undefined): string => String(value)

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, '%': 0.01 }

/** A number, also as `5m`, `1500ms`, `20%`. */
export function amount(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d|w|%)?$/.exec(value) ?? []
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 1)
}
