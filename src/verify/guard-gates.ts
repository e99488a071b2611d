// What decides about a model or its data in code: conditions under which something passes, errors that stop a run, bounds with a default.

import type { EmittedFile } from '../types.js'
import { boundsLoosened } from './guard-bounds.js'
import { joined, loosened, sameShape } from './guard-conditions.js'
import { argumentsLoosened, judgesGone } from './guard-judges.js'
import { type Code, type CodeCall, isPython, type PythonCode, pythonCode, stringOf, within } from './guard-python.js'
import { type GuardRule, type Loss, more, readAll } from './guard-subject.js'
import { isTest } from './paths.js'

const judged = (file: EmittedFile) => isPython(file) && !isTest(file.path)

export const gateRule: GuardRule = {
  name: 'guard/gate',
  async find(subject) {
    const losses: Loss[] = []
    const all = await readAll(subject.after.filter(judged), pythonCode)
    const old = await readAll(subject.before.filter(judged), pythonCode)
    for (const { before, after } of subject.changes) {
      if (before === undefined || !judged(after)) continue
      const [was, is] = [await pythonCode(before), await pythonCode(after)]
      if (was.root.text === is.root.text) continue
      losses.push(
        ...verdictsLost(was, is, all, after),
        ...refusalsLost(was, is, { before: old, after: all }, after),
        ...unreached(was, is, after),
        ...boundsLoosened(was, is, after, subject),
        ...judgesGone(was, is, { before: old, after: all }, after),
        ...argumentsLoosened(was, is, after, subject.about),
      )
    }
    for (const file of subject.removed.filter(judged)) {
      const gone = verdictNames(await pythonCode(file)).filter(
        (name) => !all.some((code) => verdictNames(code).includes(name)),
      )
      losses.push(...gone.map((name) => ({ file, reason: `the gate "${name}" is gone with its file; keep it` })))
    }
    return losses
  },
}

/** All files are looked through for each that was changed, so that what moved is found. */
function once<T>(read: (code: PythonCode) => T): (code: PythonCode) => T {
  const known = new WeakMap<PythonCode, T>()
  return (code) => {
    const found = known.get(code) ?? read(code)
    known.set(code, found)
    return found
  }
}

/** Where code says by itself that something is good enough: `passed=`, `wins = `. */
const SAYS =
  /^(passed|passes|wins|accepted|approved|allowed|healthy|is_valid|valid|holds|significant|qualified|promotable)$/

interface Verdict {
  readonly id: string
  readonly name: string
  readonly condition: Code
}

const verdictsOf = once(({ root, calls }: PythonCode): Verdict[] => {
  const said = calls.flatMap((call) =>
    [...call.keywords]
      .filter(([name]) => SAYS.test(name))
      .map(([, condition]) => ({ id: `${call.scope} ${call.callee} ${nameOf(call)}`, name: nameOf(call), condition })),
  )
  const assigned = within(root).flatMap(({ type, children: [target, sign, value] }) =>
    type === 'AssignStatement' &&
    sign?.type === 'AssignOp' &&
    target !== undefined &&
    value !== undefined &&
    SAYS.test(target.text)
      ? [{ id: `= ${target.text}`, name: '', condition: value }]
      : [],
  )
  return [...said, ...assigned]
})

/** The literal by which a gate is known. */
const nameOf = ({ keywords, positional }: CodeCall): string =>
  stringOf(keywords.get('name')) ??
  stringOf(keywords.get('gate')) ??
  positional.map(stringOf).find((one) => one !== undefined) ??
  ''

const verdictNames = (code: PythonCode): string[] =>
  verdictsOf(code)
    .map(({ name }) => name)
    .filter((name) => name !== '')

function verdictsLost(was: PythonCode, is: PythonCode, all: readonly PythonCode[], file: EmittedFile): Loss[] {
  const now = verdictsOf(is)
  const gone = more(all.flatMap(verdictNames), verdictNames(was)).map((name) => ({
    file,
    reason: `the gate "${name}" is gone; keep it, and put stricter ones beside it`,
  }))
  const eased = verdictsOf(was).flatMap(({ id, condition }) => {
    const same = now.filter((one) => one.id === id)
    if (same.some((one) => sameShape(condition, one.condition))) return []
    return same.flatMap((one) => {
      const why = loosened(condition, one.condition)
      return why === undefined
        ? []
        : [
            {
              file,
              line: one.condition.line,
              reason: `what passes was made easier: ${why}; keep the condition, or add to it with \`and\``,
            },
          ]
    })
  })
  return [...gone, ...eased]
}

/** Functions that now end before they have asked anything. */
function unreached(was: PythonCode, is: PythonCode, file: EmittedFile): Loss[] {
  const early = ({ functions }: PythonCode) =>
    functions.filter(({ statements }) =>
      statements.slice(0, -1).some(({ type }) => /^(Return|Raise)Statement$/.test(type)),
    )
  const known = new Set(early(was).map(({ name }) => name))
  return early(is)
    .filter(({ name }) => !known.has(name))
    .map(({ name, line }) => ({
      file,
      line,
      reason: `${name} ends before its last lines, which nothing reaches; let it go on`,
    }))
}

interface Refusal {
  readonly scope: string
  readonly error: string
  readonly condition: Code | undefined
  readonly line: number
}

/** Every `raise`, with the condition right above it. */
const refusalsOf = once(({ root, functions }: PythonCode): Refusal[] => {
  const found: Refusal[] = []
  const visit = (node: Code, scope: string, condition: Code | undefined): void => {
    if (node.type === 'RaiseStatement') {
      const [, thrown] = node.children
      const error = (thrown?.type === 'CallExpression' ? thrown.children[0] : thrown)?.text ?? ''
      if (error !== '') found.push({ scope, error, condition, line: node.line })
    }
    let tested: Code | undefined
    for (const [at, child] of node.children.entries()) {
      const before = node.children[at - 1]?.type
      if (node.type === 'IfStatement' && (before === 'if' || before === 'elif')) tested = child
      if (node.type === 'IfStatement' && child.type === 'else') tested = undefined
      visit(child, scope, child.type === 'Body' && node.type === 'IfStatement' ? tested : condition)
    }
  }
  for (const { name, statements } of functions)
    for (const one of statements)
      if (!/^(FunctionDefinition|DecoratedStatement)$/.test(one.type)) visit(one, name, undefined)
  return root.children.length === 0 ? [] : found
})

function refusalsLost(
  was: PythonCode,
  is: PythonCode,
  all: { readonly before: readonly PythonCode[]; readonly after: readonly PythonCode[] },
  file: EmittedFile,
): Loss[] {
  const now = refusalsOf(is)
  const before = refusalsOf(was)
  const kept = new Set(is.functions.map(({ name }) => name))
  const raised = (error: string, codes: readonly Refusal[]) => codes.filter((one) => one.error === error).length
  const everywhere = all.after.flatMap(refusalsOf)
  const past = all.before.flatMap(refusalsOf)
  return before.flatMap(({ scope, error, condition }): Loss[] => {
    const same = now.filter((one) => one.scope === scope && one.error === error)
    if (!kept.has(scope))
      return raised(error, everywhere) < raised(error, past) &&
        !everywhere.some((one) => one.error === error && alike(condition, one.condition))
        ? [{ file, reason: `${scope} is gone, and nothing else raises ${error} in its place; keep the check` }]
        : []
    if (same.some((one) => alike(condition, one.condition))) return []
    const fell = (some: readonly Refusal[], others: readonly Refusal[]) => raised(error, some) < raised(error, others)
    const inScope = before.filter((one) => one.scope === scope)
    const merged = same.some(
      (one) => one.condition !== undefined && condition !== undefined && holdsPart(one.condition, condition),
    )
    // What another function of the deliverable now raises in its place has moved.
    if (!merged && fell(same, inScope) && fell(now, before) && fell(everywhere, past))
      return [
        {
          file,
          line: is.functions.find(({ name }) => name === scope)?.line,
          reason: `${scope} no longer raises ${error}${condition === undefined ? '' : ` where ${condition.text}`}; what was refused would go through: keep the check`,
        },
      ]
    if (condition === undefined) return []
    // One refusal may have become several, each for a part.
    const parts = same.flatMap((one) => (one.condition === undefined ? [] : joined(one.condition, 'or')))
    if (joined(condition, 'or').every((part) => parts.some((one) => sameShape(part, one)))) return []
    return same.flatMap((one) => {
      const why = one.condition === undefined ? undefined : loosened(condition, one.condition, false)
      return why === undefined
        ? []
        : [{ file, line: one.line, reason: `${scope} raises ${error} less often: ${why}; keep the bound` }]
    })
  })
}

const alike = (a: Code | undefined, b: Code | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameShape(a, b)

/** Whether one of the alternatives of a condition is the other. */
const holdsPart = (condition: Code, part: Code): boolean => joined(condition, 'or').some((one) => sameShape(part, one))
