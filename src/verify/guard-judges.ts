// Calls that judge: one that is made no longer, or with a looser number, lets through what it held back.
import type { EmittedFile } from '../types.js'
import { directionOf, movedLooser } from './guard-directions.js'
import { type CodeCall, numberOf, type PythonCode, stringOf } from './guard-python.js'
import type { GuardAbout, Loss } from './guard-subject.js'

const JUDGES =
  /^_?(guard|check|validate|require|verify|assert|enforce|refuse|ensure|judge|expect|gate|apply_gate)s?(_|$)|^Expect[A-Z]|_gates?$/

const bare = ({ callee }: CodeCall): string => callee.replace(/^.*\./, '')

/** What a judgement is known by: `check("training", …)` is another one than `check("serving", …)`. */
const idOf = (call: CodeCall): string => [bare(call), stringOf(call.positional[0]) ?? ''].join(' ').trim()

export function judgesGone(
  was: PythonCode,
  is: PythonCode,
  { before, after }: { readonly before: readonly PythonCode[]; readonly after: readonly PythonCode[] },
  file: EmittedFile,
): Loss[] {
  const calls = (codes: readonly PythonCode[], id: string) =>
    codes.flatMap((code) => code.calls).filter((call) => idOf(call) === id).length
  const scopes = new Set(is.functions.map(({ name }) => name))
  const seen = new Set<string>()
  return was.calls.flatMap((call): Loss[] => {
    const id = idOf(call)
    const place = `${call.scope} ${id}`
    if (!JUDGES.test(bare(call)) || seen.has(place) || (call.scope !== '' && !scopes.has(call.scope))) return []
    seen.add(place)
    const here = is.calls.filter(({ scope }) => scope === call.scope)
    const there = new Set(was.calls.filter(({ scope }) => scope === call.scope).map(bare))
    // Something else that is called in its place may be the same by another name.
    const replaced = here.some((one) => !there.has(bare(one)))
    if (here.some((one) => idOf(one) === id) || replaced || calls(after, id) >= calls(before, id)) return []
    const line = is.functions.find(({ name }) => name === call.scope)?.line
    return [
      {
        file,
        line,
        reason: `${call.scope || 'the module'} no longer calls ${id.replace(' ', ' for ')}; keep the check`,
      },
    ]
  })
}

/** The same calls in the same order, with looser numbers and switches. */
export function argumentsLoosened(was: PythonCode, is: PythonCode, file: EmittedFile, { stated }: GuardAbout): Loss[] {
  const grouped = ({ calls }: PythonCode) => {
    const groups = new Map<string, CodeCall[]>()
    for (const call of calls) {
      const id = `${call.scope} ${call.callee}`
      groups.set(id, [...(groups.get(id) ?? []), call])
    }
    return groups
  }
  const after = grouped(is)
  return [...grouped(was)].flatMap(([id, calls]) => {
    const now = after.get(id) ?? []
    if (now.length !== calls.length || /(^|\.| )Field$/.test(id)) return []
    return calls.flatMap((call, at) =>
      [...call.keywords].flatMap(([name, value]): Loss[] => {
        const next = now[at]?.keywords.get(name)
        const [strict, word] = [stringOf(value) ?? '', stringOf(next)]
        if (
          /^(forbid|raise|error|strict|many_to_one|one_to_one)$/.test(strict) &&
          word !== undefined &&
          word !== strict
        )
          return [
            { file, line: next?.line, reason: `${name} of ${call.callee} went from ${strict} to ${word}; keep it` },
          ]
        const [before, then] = [value, next].map((one) =>
          one?.type === 'Boolean' ? one.text === 'True' : numberOf(one),
        )
        const direction = directionOf([name])
        if (direction === undefined || before === undefined || then === undefined) return []
        const why = movedLooser(direction, before, then, `${file.path} ${name}`, stated)
        return why === undefined ? [] : [{ file, line: next?.line, reason: `${name} of ${call.callee} ${why}` }]
      }),
    )
  })
}
