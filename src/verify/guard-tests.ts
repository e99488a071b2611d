// A test of the baseline goes on asking what it asked: not deleted, not emptied, not skipped, not more tolerant.
import type { EmittedFile } from '../types.js'
import { loosened, sameShape } from './guard-conditions.js'
import {
  type Code,
  type CodeFunction,
  callOf,
  numberOf,
  type PythonCode,
  pythonCode,
  rangesIn,
  within,
} from './guard-python.js'
import { type GuardRule, type GuardSubject, type Loss, nowAt, readAll, shown } from './guard-subject.js'
import { hooks, SKIPS, shortened, skipped, tested } from './guard-test-files.js'

export const testRule: GuardRule = {
  name: 'guard/test',
  async find(subject) {
    const after = subject.after.filter(tested)
    const codes = new Map(await readAll(after, async (file) => [file, await pythonCode(file)] as const))
    const losses: Loss[] = []
    for (const file of subject.before.filter(tested)) {
      const now = nowAt(subject, file)
      const own = codes.get(now)
      losses.push(...(await testsLost(subject, file, own, codes)))
      if (own === undefined) continue
      const { root } = await pythonCode(file)
      losses.push(...skipped(root, own.root, now), ...shortened(root, own.root, now))
    }
    losses.push(...(await hooks(subject, codes, after)))
    const fresh = after.filter((file) => !subject.before.some(({ path }) => path === file.path))
    for (const file of fresh)
      for (const { name, line, asks } of testsOf(codes.get(file))) {
        if (asks.length === 0 || asks.every(isVain))
          losses.push({
            file,
            line,
            reason: `the new test ${name} asserts nothing; let it assert what it is named after`,
          })
      }
    return losses
  },
}

interface Test {
  readonly name: string
  readonly line: number
  readonly function: CodeFunction
  /** What it asserts, and what it expects to be refused. */
  readonly asks: readonly Code[]
}

const ASKS = /^(pytest\.(raises|warns|fail)|self\.assert\w+|np\.testing\.\w+|(\w+\.)*(assert|expect)_?\w*)$/

function testsOf(code: PythonCode | undefined): Test[] {
  return (code?.functions ?? [])
    .filter(({ name }) => /(^|\.)test_\w+$/.test(name))
    .map((one) => ({ name: one.name, line: one.line, function: one, asks: one.statements.flatMap(asked) }))
}

const asked = (statement: Code): Code[] =>
  within(statement).filter(
    (node) =>
      node.type === 'AssertStatement' ||
      (node.type === 'CallExpression' && ASKS.test((node.children[0]?.text ?? '').replace(/ /g, ''))),
  )

const conditionOf = (assertion: Code): Code | undefined =>
  assertion.type === 'AssertStatement' ? assertion.children[1] : undefined

const isVain = (ask: Code): boolean => /^(True|1|"[^"]*"|not False)$/.test(conditionOf(ask)?.text ?? 'x')

async function testsLost(
  subject: GuardSubject,
  file: EmittedFile,
  own: PythonCode | undefined,
  all: ReadonlyMap<EmittedFile, PythonCode>,
): Promise<Loss[]> {
  const now = nowAt(subject, file)
  const here = testsOf(own)
  const elsewhere = [...all].filter(([other]) => other !== now).flatMap(([, code]) => testsOf(code))
  return testsOf(await pythonCode(file)).flatMap((before) => {
    const sameBody = ({ function: { statements } }: Test) =>
      statements.length === before.function.statements.length &&
      statements.every((one, at) => sameShape(before.function.statements[at] ?? one, one))
    const bare = before.name.replace(/^.*\./, '')
    const after =
      here.find(({ name }) => name === before.name) ??
      elsewhere.find(({ name }) => name.replace(/^.*\./, '') === bare) ??
      [...here, ...elsewhere].find(sameBody)
    const lost = (line: number, reason: string): Loss => ({ file: now, line, reason: `${before.name}: ${reason}` })
    if (after === undefined) return [lost(before.line, 'the test is gone; keep it, and add others beside it')]
    return weakened(before, after).map((reason) => lost(after.line, reason))
  })
}

function weakened(before: Test, after: Test): string[] {
  const found: string[] = []
  const [was, is] = [before.asks, after.asks]
  const [text, lines] = [was.map((one) => one.text), is.map((one) => one.text)]
  const gone = was.filter((one) => !is.some((other) => sameShape(one, other)))
  if (was.length > 0 && is.every(isVain)) return ['it asserts nothing any more; put its assertions back']
  const vain = is.find((one) => isVain(one) && !text.includes(one.text))
  if (vain !== undefined) found.push(`"${vain.text}" is true of anything; assert what was asserted before`)
  for (const one of gone) {
    const [condition, others] = [conditionOf(one), is.filter((other) => !text.includes(other.text))]
    const easier = others
      .map((other) => [conditionOf(other), other] as const)
      .map(([next]) => (condition === undefined || next === undefined ? undefined : loosened(condition, next)))
      .find((reason) => reason !== undefined)
    if (easier !== undefined) found.push(`"${shown(one.text)}" asks for less: ${easier}; keep the bound`)
    else if (is.length < was.length && vain === undefined)
      found.push(`it no longer asserts "${shown(one.text)}"; keep the assertion`)
  }
  if (tolerance(after) > tolerance(before))
    found.push(`what counts as equal was widened to ${tolerance(after)}; keep the tolerance`)
  const [cases, left] = [casesOf(before.function), casesOf(after.function)]
  if (left < cases) found.push(`it is asked of ${left} cases and not of ${cases}; keep them all`)
  if (raisesAny(lines) && !raisesAny(text)) found.push('any exception will do now; name the one that is expected')
  if (skips(after.function).length > skips(before.function).length)
    found.push('it is skipped or expected to fail; let it run, and correct what it finds')
  const fewer = ranges(after.function).find((count, at) => count < (ranges(before.function)[at] ?? 0))
  if (fewer !== undefined && ranges(after.function).length === ranges(before.function).length)
    found.push(`it is repeated ${fewer} times only; keep the range`)
  const [first] = after.function.statements
  if (first?.type === 'ReturnStatement' && before.function.statements[0]?.type !== 'ReturnStatement')
    found.push('it returns before it asks anything')
  return found
}

const raisesAny = (asks: readonly string[]) => asks.some((one) => /raises \( (Base)?Exception\b/.test(one))

/** The widest tolerance of a test; 1e-6 is what `approx` has where nothing is said. */
function tolerance({ function: { statements } }: Test): number {
  const widths = statements
    .flatMap((one) => within(one))
    .filter(
      ({ type, children }) =>
        type === 'CallExpression' && /approx|isclose|allclose|assert_close|almost/.test(children[0]?.text ?? ''),
    )
    .flatMap((call) => [...callOf(call, '').keywords].map(([name, value]) => [name, numberOf(value)] as const))
  const wide = widths.flatMap(([name, value]) =>
    /^(abs|rel|atol|rtol|delta|abs_tol|rel_tol)$/.test(name) ? (value ?? []) : [],
  )
  const digits = widths.flatMap(([name, value]) =>
    /^(places|decimal|significant)$/.test(name) ? 10 ** -(value ?? 7) : [],
  )
  return Math.max(1e-6, ...wide, ...digits)
}

/** Ends of the ranges that a test goes through, in their order. */
const ranges = ({ decorators, statements }: CodeFunction): number[] => [...decorators, ...statements].flatMap(rangesIn)

/** Number of cases that a test is run with. */
function casesOf({ decorators }: CodeFunction): number {
  const lists = decorators
    .filter(({ text }) => /parametrize/.test(text))
    .flatMap((one) => within(one).find(({ type }) => type === 'ArrayExpression') ?? [])
  return lists.reduce(
    (all, list) => all * list.children.filter(({ type }) => !['[', ']', ','].includes(type)).length,
    1,
  )
}

const skips = ({ decorators, statements }: CodeFunction): Code[] => [
  ...decorators.filter(({ text }) =>
    /\b(skip|skipif|skipIf|xfail|expectedFailure|flaky)\b/.test(text.replace(/ /g, '')),
  ),
  ...statements.flatMap((one) =>
    within(one).filter(({ type, text }) => type === 'MemberExpression' && SKIPS.test(text.replace(/ /g, ''))),
  ),
]
