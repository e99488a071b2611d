// The project's own tools stay as strict: linter, types, tests, coverage; and files that only hold others to something stay.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { type GuardRule, type GuardSubject, type Loss, more } from './guard-subject.js'
import { differences, placed } from './guard-values.js'
import { suppressionWords } from './guard-words.js'
import { at, listAt } from './json-value.js'
import { kindOf } from './kinds.js'

type Path = readonly string[]

/** Lists that loosen with each entry more, and with each entry less. */
const LOOSENS: readonly Path[] = [
  ['tool', 'ruff', 'extend-exclude'],
  ['tool', 'ruff', 'exclude'],
  ['tool', 'ruff', 'lint', 'ignore'],
  ['tool', 'ruff', 'lint', 'extend-ignore'],
  ['tool', 'mypy', 'exclude'],
  ['tool', 'mypy', 'untyped_calls_exclude'],
  ['tool', 'mypy', 'disable_error_code'],
  ['tool', 'pytest', 'ini_options', 'filterwarnings'],
  ['tool', 'pytest', 'ini_options', 'norecursedirs'],
  ['tool', 'slipcover', 'omit'],
  ['tool', 'slipcover', 'exclude-also'],
  ['tool', 'coverage', 'run', 'omit'],
  ['tool', 'coverage', 'report', 'omit'],
  ['tool', 'coverage', 'report', 'exclude_also'],
]
const TIGHTENS: readonly Path[] = [
  ['tool', 'ruff', 'lint', 'select'],
  ['tool', 'ruff', 'src'],
  ['tool', 'mypy', 'files'],
  ['tool', 'mypy', 'plugins'],
  ['tool', 'pytest', 'ini_options', 'testpaths'],
  ['tool', 'pytest', 'ini_options', 'python_files'],
]

/** Options with which pytest asks less than all. */
const ASKS_LESS =
  /^(-k|-m|-p|--deselect|--ignore|--ignore-glob|--no-cov|--lf|--last-failed|--maxfail|--collect-only|--co|--disable-warnings|-W|--runxfail|--exitfirst)/

export const projectRule: GuardRule = {
  name: 'guard/tooling',
  async find(subject) {
    const losses = suppressionWords(subject)
    for (const { before, after } of subject.changes)
      if (before === undefined && TAKES_PLACE.test(after.path))
        losses.push({
          file: after,
          reason: 'a tool would read this instead of what holds the project by now; leave it out',
        })
    for (const { before, after } of subject.changes) {
      if (before === undefined || !after.path.endsWith('pyproject.toml')) continue
      const [[was], [is]] = [await dataDocuments(before), await dataDocuments(after)]
      if (was === undefined || is === undefined) continue
      for (const { path, reason } of toolsLoosened(was.value, is.value))
        losses.push({ file: after, line: is.position(placed(is.value, path)).line, reason })
    }
    return losses
  },
}

function toolsLoosened(was: Json, is: Json): { path: Path; reason: string }[] {
  const words = (value: Json, path: Path) => listAt(value, ...path).map(String)
  const arguments_ = (value: Json) => {
    const path = ['tool', 'pytest', 'ini_options', 'addopts']
    const said = at(value, ...path)
    return typeof said === 'string' ? said.split(/\s+/) : words(value, path)
  }
  const found: { path: Path; reason: string }[] = []
  for (const path of LOOSENS)
    for (const word of more(words(was, path), words(is, path)))
      found.push({ path, reason: `${path.join('.')} leaves out ${word}; let the tool see it` })
  for (const path of TIGHTENS)
    for (const word of more(words(is, path), words(was, path)))
      found.push({ path, reason: `${path.join('.')} has lost ${word}; keep it` })
  const options = ['tool', 'pytest', 'ini_options', 'addopts']
  for (const word of more(arguments_(was), arguments_(is)))
    if (ASKS_LESS.test(word))
      found.push({ path: options, reason: `pytest is run with ${word}, which asks less; leave it out` })
  for (const word of more(arguments_(is), arguments_(was)))
    if (/^--(strict|cov|import-mode)/.test(word))
      found.push({ path: options, reason: `pytest has lost ${word}; keep it` })
  for (const one of differences(
    at(was, 'tool', 'ruff', 'lint', 'per-file-ignores'),
    at(is, 'tool', 'ruff', 'lint', 'per-file-ignores'),
  ))
    if (one.is !== undefined && one.was === undefined)
      found.push({
        path: ['tool', 'ruff', 'lint', 'per-file-ignores'],
        reason: `ruff ignores more in ${one.path.join(' ')}; write it so that the rule has nothing to say`,
      })
  for (const one of differences(at(was, 'tool', 'mypy'), at(is, 'tool', 'mypy'))) {
    const key = String(one.path.at(-1))
    if (
      (one.was === true && one.is !== true && /strict|disallow|warn|check/.test(key)) ||
      (one.is === true && one.was !== true && /ignore|allow_untyped|implicit/.test(key))
    )
      found.push({
        path: ['tool', 'mypy'],
        reason: `mypy is told to look away by ${one.path.join('.')}; keep it strict`,
      })
    if (one.was === undefined && JSON.stringify(one.is).match(/"ignore_errors":true|"follow_imports":"skip"/))
      found.push({ path: ['tool', 'mypy'], reason: 'mypy is told to ignore a module; type it' })
  }
  return found
}

/** Files that do nothing but hold others to something; what is in the rest is looked for where it may have gone. */
const HOLDS =
  /(\.schema\.json|(^|\/)(\.dockerignore|\.gitignore|\.dvcignore|\.gitattributes|dependabot\.yml|conftest\.py|dags\/[^/]+\.py|evidence\.py|covered_lines\.py|py\.typed))$|^conf\/[^/]+\.yaml$|^(Makefile|dvc\.yaml|pyproject\.toml)$/

/** Files by which a tool reads other settings than those of pyproject.toml, or leaves findings out. */
const TAKES_PLACE =
  /(^|\/)(\.?ruff\.toml|\.?mypy\.ini|setup\.cfg|tox\.ini|\.?pytest\.(ini|toml)|\.coveragerc|\.slipcover|\.flake8|\.pylintrc|\.trivyignore|\.gitleaks(\.toml|ignore)|\.hadolint\.ya?ml|\.checkov\.ya?ml|\.shellcheckrc|\.secretlint\S*|\.yamllint\S*|\.tflint\.hcl|sitecustomize\.py|usercustomize\.py)$/

export const fileRule: GuardRule = {
  name: 'guard/file',
  find: ({ removed, after }: GuardSubject) =>
    removed
      .filter((file) => holds(file) && !after.some(({ content }) => content === file.content))
      .map((file): Loss => ({ file, reason: `${file.path} is gone, which others are held to or started by; keep it` })),
}

const holds = (file: EmittedFile): boolean =>
  HOLDS.test(file.path) || ['workflow', 'dockerfile', 'alertmanager', 'shell', 'proto'].includes(kindOf(file))
