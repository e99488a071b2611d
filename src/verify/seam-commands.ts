// Commands: every program, target, script and environment that a Makefile, a stage, a hook or a document runs is there.
import type { EmittedFile } from '../types.js'
import { type Command, projectCommands } from './commands.js'
import { normalised } from './dependency-data.js'
import { type Environment, environments } from './environments.js'
import { kindOf } from './kinds.js'
import { makeTargets } from './makefile.js'
import { isRuntimePath, repositoryPath, runtimePatterns } from './paths.js'
import { type Finding, inFile, type Seam, type SeamSubject } from './seam.js'

export const commandSeam: Seam = {
  name: 'seam/command',
  async find(subject) {
    const all = await environments(subject.files)
    const makefile = subject.files.find((file) => file.path === 'Makefile')
    const targets = makefile === undefined ? [] : makeTargets(makefile.content)
    const findings: Finding[] = []
    const used = new Set<string>()
    const exists = placesOf(subject.files)
    for (const command of await projectCommands(subject.files)) {
      // What other files name is looked at by wired/path; what people are told to type, here.
      if (command.file.documentation) findings.push(...missingFiles(command, exists))
      const [program, ...rest] = command.words
      if (program === 'make') findings.push(...unknownTarget(command, rest, targets))
      if (/^(uv|\$[({]UV[)}])$/.test(program ?? '')) findings.push(...uvProblems(command, rest, all, subject, used))
    }
    return [...findings, ...unusedEnvironments(all, used)]
  },
}

interface Places {
  readonly paths: ReadonlySet<string>
  readonly folders: ReadonlySet<string>
  readonly runtime: readonly RegExp[]
}

const placesOf = (files: readonly EmittedFile[]): Places => ({
  paths: new Set(files.map(({ path }) => path)),
  folders: new Set(files.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.indexOf('/'))] : []))),
  runtime: runtimePatterns(files),
})

const missingFiles = (command: Command, { paths, folders, runtime }: Places): Finding[] =>
  command.words
    .flatMap((word) => repositoryPath(word, folders) ?? [])
    .filter((path) => !paths.has(path) && !isRuntimePath(runtime, path))
    .map((path) => inFile(command.file, `${command.words.join(' ')}: there is no file ${path}`, command.line))

function unknownTarget(command: Command, words: readonly string[], targets: ReturnType<typeof makeTargets>): Finding[] {
  const asked = words.filter((word) => /^[a-z][a-z0-9_-]*$/.test(word))
  return asked
    .filter((name) => !targets.some((target) => target.name === name))
    .map((name) => inFile(command.file, `make ${name}: the Makefile has no such target`, command.line))
}

/** Options of `uv run` and `uv sync` that take a value. */
const VALUED = new Set([
  '--project',
  '--directory',
  '--group',
  '--with',
  '--python',
  '-p',
  '--extra',
  '--package',
  '--env-file',
  '--no-group',
  '--only-group',
])

function uvProblems(
  command: Command,
  words: readonly string[],
  all: readonly Environment[],
  subject: SeamSubject,
  used: Set<string>,
): Finding[] {
  const fail = (reason: string) => inFile(command.file, `${command.words.join(' ')}: ${reason}`, command.line)
  const option = words.findIndex((word) => word === '--project' || word === '--directory')
  const folder = option < 0 ? '' : `${(words[option + 1] ?? '').replace(/\/$/, '')}/`
  // $(@D) stands for whichever environment the pattern matched.
  if (/[$%]/.test(folder)) return []
  const environment = all.find((one) => one.folder === folder)
  if (environment === undefined) return [fail(`there is no ${folder}pyproject.toml`)]
  if (!command.file.documentation) used.add(environment.folder)
  if (words[0] !== 'run') return []
  let at = 1
  while (words[at]?.startsWith('-') === true && words[at] !== '-m') at += VALUED.has(words[at] ?? '') ? 2 : 1
  const program = words[at]
  if (program === undefined || /[$<]/.test(program)) return []
  if (program === 'python' || program === '-m')
    return moduleProblem(program === 'python' ? words.slice(at + 1) : words.slice(at), subject, fail)
  // A program of an environment has no folder in its name.
  if (program.endsWith('.py') || /^[^/]+\//.test(program))
    return subject.files.some((file) => file.path === program) ? [] : [fail(`there is no file ${program}`)]
  if (program in environment.scripts || isTool(environment, program)) return []
  const own = all.find((one) => program in one.scripts)
  // A second environment may have the project itself installed as a path dependency.
  if (own !== undefined && own.folder === '') return []
  return [fail(`${environment.file.path} gives no program ${program}: neither a script nor a dependency of that name`)]
}

/** Programs usually carry their package's name, or its last or first word (`apache-airflow` gives `airflow`). */
function isTool(environment: Environment, program: string): boolean {
  const name = normalised(program)
  return environment.dependencies.some((one) => one.package === name || one.package.split('-').includes(name))
}

function moduleProblem(
  words: readonly string[],
  { python, files }: SeamSubject,
  fail: (reason: string) => Finding,
): Finding[] {
  const at = words.indexOf('-m')
  const module = at < 0 ? undefined : words[at + 1]
  if (module !== undefined)
    return python.roots.has(module.split('.')[0] ?? '') &&
      !python.byName.has(module) &&
      !python.byName.has(`${module}.__main__`)
      ? [fail(`there is no module ${module}`)]
      : []
  const script = words.find((word) => word.endsWith('.py'))
  return script === undefined || files.some((file) => file.path === script) ? [] : [fail(`there is no file ${script}`)]
}

/** An environment that no command enters is dead weight, and its pins are never tried. */
function unusedEnvironments(all: readonly Environment[], used: ReadonlySet<string>): Finding[] {
  return all
    .filter((one) => one.folder !== '' && !used.has(one.folder))
    .map((one) => inFile(one.file, `no command uses the environment ${one.folder.slice(0, -1)}`))
}

export const toolConfigurationSeam: Seam = {
  name: 'seam/tool-configuration',
  async find({ files }) {
    const needs: Readonly<Record<string, RegExp>> = {
      'pre-commit': /^\.pre-commit-config\.yaml$/,
      dvc: /^dvc\.yaml$/,
      feast: /(^|\/)feature_store[^/]*\.yaml$/,
    }
    const findings: Finding[] = []
    for (const command of await projectCommands(files)) {
      const { file, words } = command
      if (kindOf(file) === 'markdown') continue
      for (const [tool, path] of Object.entries(needs))
        if (words.includes(tool) && !files.some((one) => path.test(one.path)))
          findings.push(inFile(file, `${tool} is run, but its configuration is missing`, command.line))
    }
    return findings
  },
}
