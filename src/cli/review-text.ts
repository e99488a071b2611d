// The page of a phase as text: what matters first, long files folded, nothing that could drive the terminal. Pure.
import type { ReviewDocument } from '../review/page.js'
import { short } from '../run/decide.js'
import { visible } from './escape.js'
import type { Paint } from './style.js'

export interface Shown {
  readonly paint: Paint
  readonly columns: number
  /** As the person would type it. */
  readonly workspace: string
}

/** Lines of one kind, and of one file's difference, that are shown; more of them are counted. */
const SENSITIVE = 12
const FOLDED = 60

const SIGN = { added: '+', changed: '~', removed: '-' } as const

export function reviewText(document: ReviewDocument, shown: Shown): string {
  const { paint } = shown
  const { phase, title, tree } = document
  const blocks = [
    [`${paint.bold(`${phase}  ${title}`)}   tree ${short(tree)}`, `  ${standing(document)}`],
    document.deliverables.flatMap((one) => deliverable(one, paint)),
    assumed(document),
    ...document.sensitive.map((kind) => sensitive(kind, shown)),
    checks(document, paint),
    ...changes(document, paint),
    decide(document, shown.workspace),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function standing({ decision, gate }: ReviewDocument): string {
  const waits = gate ? '; the run waits for your decision' : ''
  if (decision === null) return `nobody has decided on it yet${waits}`
  const { by, at, note, current, tree } = decision
  const what = decision.decision === 'approved' ? 'approved' : 'to be revised, said'
  const since = current ? '' : `, and changed since (it was tree ${short(tree)})${waits}`
  return visible(
    `${what} by ${by}, ${at.slice(0, 16).replace('T', ' ')} UTC${since}${note === null ? '' : `: ${note}`}`,
  )
}

function deliverable(one: ReviewDocument['deliverables'][number], paint: Paint): string[] {
  const { id, attempt, files, level, summary, decisions, stale } = one
  return [
    `${paint.bold(id.padEnd(22))} ${(level ?? 'not checked').padEnd(5)} attempt ${attempt}, ${counted(files, 'file')}`,
    ...(summary === '' ? [] : [`  ${visible(summary)}`]),
    ...decisions.map((text) => `  - ${visible(text)}`),
    ...stale.map((text) => `  stale: ${visible(text)}`),
  ]
}

function assumed({ assumptions, other_assumptions }: ReviewDocument): string[] {
  if (assumptions.length === 0 && other_assumptions === 0) return []
  const others = other_assumptions === 0 ? [] : [`  ${other_assumptions} more that only other phases read: spec.yaml`]
  return [
    'Assumed (where it is wrong: change spec.yaml, then design again)',
    ...assumptions.map((text) => `  ${visible(text)}`),
    ...others,
  ]
}

function sensitive({ title, lines }: ReviewDocument['sensitive'][number], { paint, columns }: Shown): string[] {
  const rest = lines.slice(SENSITIVE)
  const more = `  and ${rest.length} more in ${counted(new Set(rest.map(({ file }) => file)).size, 'file')} (all of them: --json)`
  return [
    `${paint.bold(`Look first: ${title}`)}, ${counted(lines.length, 'line')}`,
    ...lines.slice(0, SENSITIVE).map(({ file, line, how, text }) => {
      const full = `  ${how === 'added' ? '+' : '-'} ${file}:${line}  ${visible(text.trim())}`
      const cut = full.length > columns ? `${full.slice(0, columns - 1)}…` : full
      return how === 'added' ? paint.green(cut) : paint.red(cut)
    }),
    ...(rest.length > 0 ? [more] : []),
  ]
}

function checks({ failed, not_run }: ReviewDocument, paint: Paint): string[] {
  return [
    failed.length === 0 ? 'Checks: none failed' : paint.red(`Checks: ${failed.length} failed`),
    ...failed.map((text) => `  ${visible(text)}`),
    ...(not_run.length === 0 ? [] : ['  not run']),
    ...not_run.map((text) => `    ${visible(text)}`),
  ]
}

function changes({ files, since }: ReviewDocument, paint: Paint): string[][] {
  const sum = (of: 'added' | 'removed') => files.reduce((all, file) => all + file[of], 0)
  const from = since === null ? 'all of it' : `since tree ${short(since)}, which was approved`
  if (files.length === 0) return [['Nothing has changed since it was approved; --whole shows all of it']]
  return [
    [
      paint.bold(`Changes, ${from}: ${counted(files.length, 'file')}, +${sum('added')} -${sum('removed')}`),
      ...files.map(({ path, how, added, removed }) => `  ${SIGN[how]} ${visible(path)}  +${added} -${removed}`),
    ],
    ...files.map(({ path, patch }) => folded(path, patch, paint)),
  ]
}

/** The text of one file's difference without git's own head, and only its beginning where it is long. */
function folded(path: string, patch: string, paint: Paint): string[] {
  const start = patch.search(/^@@ /m)
  if (start === -1)
    return [`${paint.bold(visible(path))}   ${/^Binary /m.test(patch) ? 'not text' : 'empty, or only its mode'}`]
  const lines = visible(patch.slice(start)).trimEnd().split('\n')
  const rest = lines.length - FOLDED
  return [
    paint.bold(visible(path)),
    ...lines.slice(0, FOLDED).map((line) => painted(line, paint)),
    ...(rest > 0 ? [paint.dim(`… ${counted(rest, 'more line')} of ${visible(path)}`)] : []),
  ]
}

function painted(line: string, paint: Paint): string {
  if (line.startsWith('@@')) return paint.dim(line)
  if (line.startsWith('+')) return paint.green(line)
  return line.startsWith('-') ? paint.red(line) : line
}

function decide({ phase, tree, decision }: ReviewDocument, workspace: string): string[] {
  if (decision?.current === true && decision.decision === 'approved') return []
  return [
    `Next: mlops-agents approve ${phase} --tree ${short(tree)} --workspace ${workspace}`,
    `      mlops-agents revise ${phase} --note "…" --workspace ${workspace}`,
    '      or edit the files, commit, and approve them as they are then',
  ]
}
