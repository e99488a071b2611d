// Limits of patience, alerts on failure and the order of a pipeline, as Python says them: arguments of calls, keys of defaults, edges.
import type { EmittedFile } from '../types.js'
import { type Code, isPython, numberOf, type PythonCode, pythonCode, stringOf, within } from './guard-python.js'
import { counted, type GuardRule, type Loss } from './guard-subject.js'
import { isTest } from './paths.js'

/** Arguments and keys of defaults that must not get lost. */
const KEPT =
  /^(timeout|execution_timeout|dagrun_timeout|timeout_seconds|retries|max_retry_delay|retry_delay|retry_exponential_backoff|on_failure_callback|on_execute_callback|sla|max_active_runs|random_state|seed|validate|check|startup_timeout_seconds|active_deadline_seconds|deadline|connect_timeout|read_timeout|max_attempts|strict|extra)$/

const ASKS =
  /^(requests\.\w+|httpx\.(get|post|put|delete|patch|request|stream|Client|AsyncClient)|(urllib\.request\.)?urlopen|socket\.create_connection|aiohttp\.ClientSession|smtplib\.SMTP(_SSL)?|http\.client\.HTTPS?Connection)$/

export const limitRule: GuardRule = {
  name: 'guard/limit',
  async find({ changes }) {
    const losses: Loss[] = []
    for (const { before, after } of changes) {
      if (!isPython(after) || isTest(after.path)) continue
      const [was, is] = [before === undefined ? undefined : await pythonCode(before), await pythonCode(after)]
      if (was?.root.text === is.root.text) continue
      losses.push(...endless(was, is, after))
      if (was !== undefined)
        losses.push(...argumentsGone(was, is, after), ...keysGone(was, is, after), ...edgesGone(was, is, after))
    }
    return losses
  },
}

/** Of calls of one name as many as before go on without an argument, never more. */
function argumentsGone(was: PythonCode, is: PythonCode, file: EmittedFile): Loss[] {
  const bare = ({ calls }: PythonCode, callee: string, keyword: string) =>
    calls.filter((call) => call.callee === callee && !call.keywords.has(keyword) && !spread(call.positional))
  const pairs = new Set(
    was.calls.flatMap(({ callee, keywords }) =>
      [...keywords.keys()].filter((one) => KEPT.test(one)).map((one) => `${callee} ${one}`),
    ),
  )
  return [...pairs].flatMap((pair): Loss[] => {
    const [callee = '', keyword = ''] = pair.split(' ')
    const [before, after] = [bare(was, callee, keyword), bare(is, callee, keyword)]
    const had = was.calls.filter((call) => call.callee === callee && call.keywords.has(keyword)).length
    const has = is.calls.filter((call) => call.callee === callee && call.keywords.has(keyword)).length
    return after.length > before.length && has < had
      ? [{ file, line: after.at(-1)?.line, reason: `${callee} has lost ${keyword}; keep it` }]
      : []
  })
}

const spread = (positional: readonly Code[]) => positional.some(({ type }) => type === '**' || type === '*')

/** Keys of dictionaries, such as the defaults of a pipeline's tasks. */
function keysGone(was: PythonCode, is: PythonCode, file: EmittedFile): Loss[] {
  const keys = ({ root, calls }: PythonCode) => [
    ...within(root)
      .filter(({ type }) => type === 'DictionaryExpression')
      .flatMap(({ children }) =>
        children.filter((_, at) => children[at + 1]?.type === ':').flatMap((key) => stringOf(key) ?? []),
      ),
    ...calls.flatMap(({ keywords }) => [...keywords.keys()]),
  ]
  const [before, after] = [counted(keys(was)), counted(keys(is))]
  const guarded =
    /^(execution_timeout|dagrun_timeout|retries|max_retry_delay|on_failure_callback|startup_timeout_seconds|active_deadline_seconds)$/
  return [...before]
    .filter(([key, count]) => guarded.test(key) && (after.get(key) ?? 0) < count)
    .map(([key]) => ({ file, reason: `${key} is gone; keep it` }))
}

/** Attempts and waits without an end, and questions to a network that nobody gives up. */
function endless(was: PythonCode | undefined, is: PythonCode, file: EmittedFile): Loss[] {
  const found = ({ root, calls }: PythonCode) => [
    ...calls.flatMap(({ callee, keywords, line }) => {
      if (ASKS.test(callee) && !keywords.has('timeout'))
        return [{ what: `${callee} waits for ever without a timeout`, line }]
      return [...keywords].flatMap(([name, value]) => {
        const number = numberOf(value)
        const tries =
          /^(retries|max_retries|attempts|max_attempts|tries|stop_after_attempt)$/.test(name) &&
          number !== undefined &&
          (number < 0 || number >= 100)
        const waits =
          /(^|_)timeout(_seconds)?$/.test(name) &&
          (value.text === 'None' || (number !== undefined && (number <= 0 || number > 604_800)))
        const wide =
          name === 'trigger_rule' &&
          /(^|[^A-Za-z_])(ALL_DONE|ALWAYS|ONE_SUCCESS|NONE_SKIPPED|all_done|always|one_success)\b/.test(value.text)
        if (tries || waits) return [{ what: `${name}=${value.text} never ends`, line }]
        return wide
          ? [{ what: `trigger_rule=${value.text.replace(/ /g, '')} runs a task after one that failed`, line }]
          : []
      })
    }),
    ...within(root).flatMap((node) =>
      node.type === 'CallExpression' && /^(retry_forever|stop_never)$/.test(node.children[0]?.text ?? '')
        ? [{ what: `${node.text} never ends`, line: node.line }]
        : [],
    ),
  ]
  const before = counted(was === undefined ? [] : found(was).map(({ what }) => what))
  return found(is).flatMap(({ what, line }): Loss[] => {
    const left = before.get(what) ?? 0
    before.set(what, left - 1)
    return left > 0 ? [] : [{ file, line, reason: `${what}; give it a limit` }]
  })
}

const JUDGES = /validat|evaluat|check|gate|decide|quality|test|guard|approve|drift|monitor/i

/** The name that a task has in the pipeline. */
const idOf = (call: Code): string | undefined =>
  within(call)
    .map(stringOf)
    .find((one) => one !== undefined && /^[\w-]+$/.test(one))

/** Who comes after whom: `chain(a, b)` and `a >> b`, by the names that tasks have in the pipeline. */
function edgesOf({ root, calls }: PythonCode): Map<string, Set<string>> {
  const names = new Map<string, string>()
  for (const { type, children } of within(root)) {
    const [target, sign, value] = children
    const id = value?.type === 'CallExpression' ? idOf(value) : undefined
    if (type === 'AssignStatement' && sign?.type === 'AssignOp' && target !== undefined && id !== undefined)
      names.set(target.text, id)
  }
  const edges = new Map<string, Set<string>>()
  const tasks = (code: Code): string[] =>
    code.type === 'ArrayExpression'
      ? code.children.filter(({ type }) => !/^[[\],]$/.test(type)).flatMap(tasks)
      : [names.get(code.text) ?? (code.type === 'CallExpression' ? idOf(code) : undefined) ?? code.text]
  const join = (from: readonly string[], to: readonly string[]): void => {
    for (const one of from) for (const other of to) edges.set(one, (edges.get(one) ?? new Set()).add(other))
  }
  for (const { callee, positional } of calls)
    if (/(^|\.)chain$/.test(callee))
      for (const [at, one] of positional.entries()) if (at > 0) join(tasks(positional[at - 1] ?? one), tasks(one))
  const shifts = (code: Code): string[] => {
    const [left, sign, right] = code.children
    if (
      code.type !== 'BinaryExpression' ||
      left === undefined ||
      right === undefined ||
      !/^(>>|<<)$/.test(sign?.text ?? '')
    )
      return tasks(code)
    sign?.text === '>>' ? join(shifts(left), tasks(right)) : join(tasks(right), shifts(left))
    return tasks(right)
  }
  for (const { type, children } of within(root))
    if (type === 'ExpressionStatement' && children[0] !== undefined) shifts(children[0])
  return edges
}

function reachable(
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  seen = new Set<string>(),
): Set<string> {
  for (const next of edges.get(from) ?? [])
    if (!seen.has(next)) {
      seen.add(next)
      reachable(edges, next, seen)
    }
  return seen
}

/** What waited for a judgement goes on waiting for it. */
function edgesGone(was: PythonCode, is: PythonCode, file: EmittedFile): Loss[] {
  const [before, after] = [edgesOf(was), edgesOf(is)]
  if (before.size === 0) return []
  const left = new Set([...after].flatMap(([from, to]) => [from, ...to]))
  return [...before.keys()]
    .filter((task) => JUDGES.test(task))
    .flatMap((task): Loss[] => {
      if (!left.has(task)) return [{ file, reason: `the task ${task} is gone from the pipeline; keep it` }]
      const next = reachable(after, task)
      const free = [...reachable(before, task)].filter((one) => left.has(one) && !next.has(one))
      return free.length > 0
        ? [
            {
              file,
              reason: `${free.join(', ')} no longer wait${free.length === 1 ? 's' : ''} for ${task}; keep the order`,
            },
          ]
        : []
    })
}
