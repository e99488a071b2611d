// Checks that are one question to an official tool in the validators' module, over all files of a kind at once.
import { createHash } from 'node:crypto'
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, verdicts } from './check.js'
import { type Kind, kindOf } from './kinds.js'
import { askValidator, type ValidatorAnswer, type ValidatorName, type ValidatorRequest } from './validators.js'

interface Official {
  readonly name: string
  readonly validator: ValidatorName
  readonly kinds: readonly Kind[]
  /** Whether what the tool calls a warning is refused; without it only errors are. */
  readonly strict?: boolean
  /** Other files that the tool looks at. */
  readonly beside?: (project: readonly EmittedFile[]) => readonly EmittedFile[]
  readonly options?: (files: readonly EmittedFile[]) => Readonly<Record<string, unknown>>
  /** L1 where nothing is said. */
  readonly level?: Check['level']
  /** One question for each file, where the tool knows only one at a time. */
  readonly single?: boolean
}

export const textsOf = (files: readonly EmittedFile[]): Record<string, string> =>
  Object.fromEntries(files.map((file) => [file.path, file.content]))

/** Results for each file out of what a tool answered; its own failure is no verdict on any of them. */
export function answered(
  check: Pick<Check, 'name' | 'level'>,
  files: readonly EmittedFile[],
  answer: ValidatorAnswer,
  strict = false,
): CheckResult[] {
  const say = verdicts(check, { tool: answer.tool, version: answer.version })
  if (answer.error !== undefined && answer.error !== '')
    return files.map((file) => say.notRun(file, `${answer.tool} could not judge it: ${answer.error}`))
  return files.flatMap((file) => {
    const own = answer.problems.filter(
      (problem) =>
        problem.file === file.path && (problem.severity === 'error' || (strict && problem.severity === 'warning')),
    )
    return own.length === 0
      ? [say.pass(file)]
      : own.map(({ message, line, column }) =>
          say.fail(file, message, { line: line || undefined, column: column || undefined }),
        )
  })
}

let lost = false

/** Whether a question of this process got no answer: what was concluded from the silence must not outlive it. */
export const answersLost = (): boolean => lost

const answers = new Map<string, Promise<ValidatorAnswer>>()

/** The same question is asked once: environments share templates, and seams look at what a check has rendered. */
export function askOnce(request: ValidatorRequest): Promise<ValidatorAnswer> {
  const key = keyOf(request)
  const known = answers.get(key)
  if (known !== undefined) return known
  const answer = askValidator(request).then((said) => {
    lost ||= said.error !== undefined && said.error !== ''
    return said
  })
  answers.set(key, answer)
  return answer
}

/** Not the question itself: those about charts hold all of their files, up to a quarter of a megabyte. */
function keyOf({ validator, files, options }: ValidatorRequest): string {
  const key = createHash('sha256').update(JSON.stringify([validator, options, Object.keys(files)]))
  for (const text of Object.values(files)) key.update(`${text.length} `).update(text)
  return key.digest('base64')
}

export function officialCheck({ level = 'L1', ...official }: Official): Check {
  const { name, validator, kinds, strict, beside, options, single } = official
  return {
    name,
    level,
    kinds,
    elsewhere: true,
    beside: beside ?? nothingBeside,
    async run(files, project): Promise<CheckResult[]> {
      const results: CheckResult[] = []
      for (const own of single === true ? files.map((file) => [file]) : [files]) {
        const texts = textsOf([...(beside?.(project) ?? []), ...own])
        const request = { validator, files: texts, ...(options === undefined ? {} : { options: options(own) }) }
        results.push(...answered(this, own, await askOnce(request), strict))
      }
      return results
    },
  }
}

export const OFFICIAL_CHECKS: readonly Check[] = [
  officialCheck({ name: 'dockerfile/buildkit', validator: 'dockerfile', kinds: ['dockerfile'], strict: true }),
  officialCheck({
    name: 'workflow/actionlint',
    validator: 'actionlint',
    kinds: ['workflow'],
    // Actions and workflows of this repository that a step uses.
    beside: (project) => project.filter((file) => /^\.github\/|(^|\/)action\.ya?ml$/.test(file.path)),
  }),
  officialCheck({ name: 'prometheus/rules', validator: 'prometheus/rules', kinds: ['prometheus-rules'] }),
  officialCheck({
    name: 'alertmanager/config',
    validator: 'alertmanager/config',
    kinds: ['alertmanager'],
    single: true,
    options: ([file]) => ({ config: file?.path }),
  }),
  officialCheck({
    name: 'prometheus/test-series',
    validator: 'prometheus/tests',
    kinds: ['prometheus-tests'],
    beside: (project) => project.filter((file) => kindOf(file) === 'prometheus-rules'),
    options: (files) => ({ tests: files.map((file) => file.path), parseOnly: true }),
  }),
  officialCheck({ name: 'terraform/hcl', validator: 'hcl', kinds: ['terraform'] }),
  officialCheck({ name: 'shell/parse', validator: 'shell', kinds: ['shell'] }),
]

/** Rules against planted series, by Prometheus' own engine: these are tests that were generated, so they speak for L2. */
export const ruleTestsCheck: Check = officialCheck({
  name: 'prometheus/tests',
  level: 'L2',
  validator: 'prometheus/tests',
  kinds: ['prometheus-tests'],
  single: true,
  beside: (project) => project.filter((file) => kindOf(file) === 'prometheus-rules'),
  options: (files) => ({ tests: files.map((file) => file.path) }),
})
