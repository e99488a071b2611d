// What has to hold before a change is merged or released goes on being asked, and goes on stopping what does not hold.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { type GuardRule, type GuardSubject, type Loss, more, nowAt, readAll, shown } from './guard-subject.js'
import { at, isObject, listAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'

export const deliveryRule: GuardRule = {
  name: 'guard/delivery',
  async find(subject) {
    const losses: Loss[] = []
    for (const { before, after } of subject.changes) {
      if (kindOf(after) === 'workflow') losses.push(...(await workflowWeakened(before, after)))
      if (['workflow', 'shell', 'makefile', 'dockerfile'].includes(kindOf(after)))
        losses.push(...swallowed(before?.content ?? '', after))
    }
    return [...losses, ...(await gatesGone(subject))]
  },
}

interface Job {
  readonly name: string
  readonly value: Json
}

const jobsOf = (value: Json | undefined): Job[] => {
  const jobs = at(value, 'jobs')
  return isObject(jobs) ? Object.entries(jobs).map(([name, job]) => ({ name, value: job })) : []
}

const needs = (job: Json): string[] =>
  typeof at(job, 'needs') === 'string' ? [textAt(job, 'needs')] : listAt(job, 'needs').map(String)

async function workflowWeakened(before: EmittedFile | undefined, after: EmittedFile): Promise<Loss[]> {
  const [[was], [is]] = [before === undefined ? [] : await dataDocuments(before), await dataDocuments(after)]
  if (is === undefined) return []
  const losses: Loss[] = []
  const lost = (reason: string, path: readonly (string | number)[] = []) =>
    losses.push({ file: after, line: is.position(path).line, reason })
  const triggers = (value: Json | undefined): string[] => {
    const on = at(value, 'on') ?? at(value, 'true')
    return isObject(on) ? Object.keys(on) : Array.isArray(on) ? on.map(String) : [String(on ?? '')]
  }
  if (more(triggers(was?.value), triggers(is.value)).includes('pull_request_target'))
    lost("pull_request_target runs a stranger's change with the rights of the repository; use pull_request", ['on'])
  const injected = more(strangers(was?.value), strangers(is.value))
  for (const text of injected)
    lost(`${text} is written by a stranger, and a command would run it; hand it over in \`env\``, ['jobs'])
  if (was === undefined) return losses
  const gone = more(triggers(is.value), triggers(was.value)).filter((one) =>
    /pull_request|push|merge_group|schedule|workflow_call/.test(one),
  )
  for (const trigger of gone) lost(`it no longer runs on ${trigger}; keep the trigger`, ['on'])
  const jobs = jobsOf(is.value)
  for (const job of jobsOf(was.value)) {
    const now = jobs.find(({ name }) => name === job.name)
    if (now === undefined) {
      lost(`the job ${job.name} is gone; keep it`, ['jobs'])
      continue
    }
    const path = ['jobs', job.name]
    const missing = needs(job.value).filter(
      (one) =>
        !needs(now.value).includes(one) && jobs.some(({ name }) => name === one) && !reaches(jobs, now.name, one),
    )
    for (const one of missing)
      lost(`the job ${job.name} no longer waits for ${one}; keep it in needs`, [...path, 'needs'])
    if (
      triggers(was.value).includes('pull_request') &&
      at(job.value, 'if') === undefined &&
      at(now.value, 'if') !== undefined
    )
      lost(`the job ${job.name} is asked of some changes only; leave it without \`if\``, path)
    for (const reason of conditionWeakened(job.value, now.value)) lost(`the job ${job.name} ${reason}`, path)
    if (at(job.value, 'environment') !== undefined && at(now.value, 'environment') === undefined)
      lost(`the job ${job.name} no longer belongs to an environment, so that nobody approves it; keep it`, path)
    if (at(job.value, 'timeout-minutes') !== undefined && at(now.value, 'timeout-minutes') === undefined)
      lost(`the job ${job.name} has no limit of time any more; keep timeout-minutes`, path)
    for (const reason of actionsWeakened(job.value, now.value))
      lost(`the job ${job.name}: ${reason}`, [...path, 'steps'])
  }
  return losses
}

/** Texts of an issue, a comment or a branch that stand in a command. */
const strangers = (value: Json | undefined): string[] =>
  jobsOf(value)
    .flatMap((job) => listAt(job.value, 'steps'))
    .flatMap((step) => [
      ...textAt(step, 'run').matchAll(
        /\$\{\{\s*(github\.event\.(issue|pull_request|comment|review|head_commit|discussion)[\w.]*\.(title|body|message|ref|label|name|email)|github\.head_ref)\s*\}\}/g,
      ),
    ])
    .map(([text]) => text)

/** Whether a job waits for another by way of others. */
function reaches(jobs: readonly Job[], from: string, to: string, seen = new Set<string>()): boolean {
  if (seen.has(from)) return false
  seen.add(from)
  const own = needs(jobs.find(({ name }) => name === from)?.value ?? null)
  return own.includes(to) || own.some((one) => reaches(jobs, one, to, seen))
}

function conditionWeakened(was: Json, is: Json): string[] {
  const [before, after] = [String(at(was, 'if') ?? ''), String(at(is, 'if') ?? '')]
  const found: string[] = []
  const runsAnyway = /always\(\)|failure\(\)|!\s*cancelled\(\)/
  if (runsAnyway.test(after) && !runsAnyway.test(before))
    found.push('runs even where what it waits for has failed; leave `if` as it was')
  if (/^(\$\{\{\s*)?false/.test(after) && before !== after) found.push('never runs; leave `if` as it was')
  if (
    at(is, 'continue-on-error') !== undefined &&
    at(is, 'continue-on-error') !== false &&
    at(was, 'continue-on-error') !== at(is, 'continue-on-error')
  )
    found.push('may fail without stopping anything; remove continue-on-error')
  return found
}

const placeOf = (step: Json): string =>
  textAt(step, 'name') || textAt(step, 'uses').replace(/@.*$/, '') || textAt(step, 'run')

function actionsWeakened(was: Json, is: Json): string[] {
  const now = listAt(is, 'steps')
  return listAt(was, 'steps').flatMap((step): string[] => {
    const id = placeOf(step)
    const same = now.find(
      (one) => placeOf(one) === id || (textAt(step, 'run') !== '' && textAt(one, 'run') === textAt(step, 'run')),
    )
    if (same === undefined)
      return /scan|sign|attest|codeql|trivy|gitleaks|scorecard|dependency-review|cosign|checkov/.test(
        textAt(step, 'uses'),
      )
        ? [`"${id}" is gone; keep it`]
        : []
    const found = conditionWeakened(step, same).map((reason) => `"${id}" ${reason}`)
    if (at(step, 'if') === undefined && at(same, 'if') !== undefined && found.length === 0)
      found.push(`"${id}" does not always run any more; leave it without \`if\``)
    if (at(step, 'with', 'persist-credentials') === false && at(same, 'with', 'persist-credentials') !== false)
      found.push(`"${id}" leaves the token behind; keep persist-credentials: false`)
    for (const key of ['provenance', 'sbom', 'verify', 'exit-code', 'severity'])
      if (
        at(step, 'with', key) !== undefined &&
        /^(undefined|false|0|)$/.test(String(at(same, 'with', key) ?? '')) &&
        String(at(step, 'with', key)) !== String(at(same, 'with', key))
      )
        found.push(`"${id}" has lost ${key}; keep it`)
    return found
  })
}

const GATE =
  /\b(make|pytest|uv run|ruff|mypy|tofu|terraform|helm|promtool|actionlint|hadolint|gitleaks|trivy|cosign|checkov|kubeconform|scripts\/[\w.-]+)\b/

/** Commands of workflows and of make, which may move from one job or target to another, but not out of the deliverable. */
async function gatesGone(subject: GuardSubject): Promise<Loss[]> {
  const commands = async (file: EmittedFile): Promise<{ file: EmittedFile; command: string }[]> => {
    if (kindOf(file) === 'makefile') return recipes(file.content).map((command) => ({ file, command }))
    if (kindOf(file) !== 'workflow') return []
    const [document] = await dataDocuments(file)
    return jobsOf(document?.value)
      .flatMap(({ value }) => listAt(value, 'steps'))
      .flatMap((step) => textAt(step, 'run').split('\n'))
      .map((line) => ({ file, command: line.trim() }))
  }
  const core = (command: string) =>
    GATE.exec(command) === null
      ? ''
      : command
          .replace(/^[@-]+/, '')
          .replace(/\s*(\|\||;|>|2>).*$/, '')
          .trim()
  const now = (await readAll(subject.after, commands)).flat().map(({ command }) => core(command))
  const seen = new Set<string>()
  return (await readAll(subject.before, commands)).flat().flatMap(({ file, command }): Loss[] => {
    const word = core(command)
    if (word === '' || seen.has(word) || now.some((one) => one === word || contains(one, word))) return []
    seen.add(word)
    return [{ file: nowAt(subject, file), reason: `"${shown(word)}" is not run any more; keep the command` }]
  })
}

/** Options with which a program looks at less, or says nothing of what it finds. */
const LESS =
  /^(-k|-m|-n|-h|--(deselect|ignore|collect-only|co|exit-zero|soft-fail|no-fail|dry-run|help|version|skip|exclude|lf|quiet-failures)(=.*)?)$/

/** The same program with the same first words, and more after them that do not take any of it back. */
const contains = (now: string, was: string): boolean => {
  const [has, had] = [now.split(/\s+/), was.split(/\s+/)]
  return had.every((word, at) => has[at] === word) && !has.slice(had.length).some((word) => LESS.test(word))
}

const recipes = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('\t'))
    .flatMap((line) => line.trim().split(/\s*&&\s*/))

/** Commands whose failure nobody sees any more. */
function swallowed(was: string, after: EmittedFile): Loss[] {
  const silent = (text: string) =>
    text
      .split('\n')
      .filter(
        (line) =>
          /\|\|\s*(true|:|exit 0|echo\b)|shell:\s*["']?(ba)?sh \{0\}|--exit-zero|--soft-fail|--no-fail|;\s*true\s*$|\bset \+e\b|^\t-[^-]/.test(
            line.trimEnd(),
          ) && !/^\s*#/.test(line),
      )
      .map((line) => line.trim())
  const lines = new Set(was.split('\n').map((line) => line.trim()))
  // A script may well clean up what is not there; what it did before, and what judges, goes on stopping it.
  const matters = (line: string): boolean =>
    !['shell', 'dockerfile'].includes(kindOf(after)) ||
    GATE.test(line) ||
    /^set /.test(line) ||
    lines.has(line.replace(/\s*(\|\||;).*$/, ''))
  const found = more(silent(was), silent(after.content))
    .filter(matters)
    .map((line) => ({
      file: after,
      line: after.content.split('\n').findIndex((one) => one.trim() === line) + 1,
      reason: `"${shown(line)}" goes on where it fails; let it stop`,
    }))
  const strict = (text: string) => /^set -[a-z]*e/m.test(text)
  if (strict(was) && !strict(after.content))
    found.push({ file: after, line: 1, reason: '`set -e` is gone, so that a failed command stops nothing; keep it' })
  return found
}
