// Files of tests as a whole: hooks that choose what runs, ranges that several tests go through, marks of a module.
import type { EmittedFile } from '../types.js'
import { type Code, isPython, type PythonCode, pythonCode, rangesIn, stringOf, within } from './guard-python.js'
import { type GuardSubject, type Loss, more, readAll } from './guard-subject.js'
import { isTest } from './paths.js'

export const tested = (file: EmittedFile) => isPython(file) && isTest(file.path)

export const SKIPS = /^(\w+\.)*(skip|skipif|xfail|skipTest|importorskip|skip_module|flaky)$/

/** Hooks of pytest that choose what runs, or what counts as passed. */
const HOOKS =
  /^(\w+\.)*pytest_(collection_\w+|ignore_collect|runtest_\w+|pyfunc_call|report_teststatus|sessionfinish|runtestloop)$/
const CHOOSES = /\b(skip|xfail|deselect\w*|clear|remove|pop|del|outcome|exitstatus)\b|items \[ : \] =/g

export async function hooks(
  { before }: GuardSubject,
  codes: ReadonlyMap<EmittedFile, PythonCode>,
  after: readonly EmittedFile[],
): Promise<Loss[]> {
  const chooses = (code: PythonCode) =>
    code.functions
      .filter(({ name }) => HOOKS.test(name))
      .flatMap(({ name, line, statements }) =>
        [name, ...statements.flatMap(({ text }) => text.match(CHOOSES) ?? [])].map((word) => ({
          name,
          line,
          id: `${name} ${word}`,
        })),
      )
  const known = (await readAll(before.filter(tested), pythonCode)).flatMap(chooses).map(({ id }) => id)
  return after.flatMap((file) => {
    const code = codes.get(file)
    const own = code === undefined ? [] : chooses(code)
    return more(
      known,
      own.map(({ id }) => id),
    ).flatMap((id) =>
      own
        .filter((one) => one.id === id)
        .slice(0, 1)
        .map(({ name, line }) => ({
          file,
          line,
          reason: `${name} decides which tests run and pass; leave that to pytest`,
        })),
    )
  })
}

/** Ranges that several tests go through, such as `SEEDS = range(20)`. */
export function shortened(before: Code, after: Code, file: EmittedFile): Loss[] {
  const named = (root: Code) =>
    root.children
      .filter(({ type }) => type === 'AssignStatement')
      .map((one) => ({ name: one.children[0]?.text ?? '', line: one.line, ends: rangesIn(one) }))
  return named(before).flatMap(({ name, ends }) =>
    named(after)
      .filter(
        (one) =>
          one.name === name && one.ends.length === ends.length && one.ends.some((end, at) => end < (ends[at] ?? 0)),
      )
      .map(({ line }) => ({
        file,
        line,
        reason: `${name} has become shorter, and with it what tests are asked of; keep it`,
      })),
  )
}

/** Marks of a whole module. */
export function skipped(before: Code, after: Code, file: EmittedFile): Loss[] {
  const marks = (root: Code) =>
    root.children
      .filter(({ type, text }) => type === 'ExpressionStatement' || /^(pytestmark|collect_ignore\w*)\b/.test(text))
      .flatMap((one) => within(one))
      .filter(
        ({ type, text }) =>
          (type === 'MemberExpression' && SKIPS.test(text.replace(/ /g, ''))) ||
          stringOf({ type, text, line: 0, children: [] })?.includes('test_') === true,
      )
  const added = more(
    marks(before).map(({ text }) => text),
    marks(after).map(({ text }) => text),
  )
  return added.map((mark) => ({
    file,
    line: marks(after).find(({ text }) => text === mark)?.line,
    reason: `${mark.replace(/ /g, '')} takes the whole file out of the tests; let it run`,
  }))
}
