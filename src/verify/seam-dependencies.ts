// Dependencies: every third-party import is a pinned, direct dependency, and every declared one is used by somebody.
import { posix } from 'node:path'
import { projectCommands } from './commands.js'
import { dependencyData, normalised, packageOf, standardLibrary } from './dependency-data.js'
import { type Environment, environmentOf, environments } from './environments.js'
import { isTest } from './paths.js'
import { absoluteModule, isOwn, type PythonModule, type PythonProject } from './python-project.js'
import { type Finding, inFile, type Seam, type SeamSubject } from './seam.js'

export const dependencySeam: Seam = {
  name: 'seam/dependency',
  async find(subject) {
    const all = await environments(subject.files)
    const imported = importedPackages(subject.python)
    return [...undeclared(subject.python, all), ...unpinned(all), ...(await unused(subject, all, imported))]
  },
}

interface Imported {
  readonly module: PythonModule
  readonly package: string
  readonly name: string
  readonly line: number
}

function thirdParty(python: PythonProject): Imported[] {
  return python.modules.flatMap((module) =>
    module.facts.imports
      .filter(
        (statement) =>
          !isOwn(python, module, statement) &&
          !standardLibrary().has(absoluteModule(module, statement).split('.')[0] ?? ''),
      )
      .map((statement) => ({
        module,
        package: packageFrom(statement.module, statement.names),
        name: statement.module,
        line: statement.line,
      })),
  )
}

/** `from airflow.providers import standard` names the package in its last word only. */
function packageFrom(module: string, names: readonly string[]): string {
  const [first] = names
  const longer = first === undefined ? undefined : dependencyData().modules[`${module}.${first}`]
  return longer === undefined ? packageOf(module) : normalised(longer)
}

const importedPackages = (python: PythonProject): ReadonlySet<string> =>
  new Set(thirdParty(python).map((one) => one.package))

/** Tests run in the environment that they lie in; the code in `src` may serve several, so any of them may declare what it imports. */
function undeclared(python: PythonProject, all: readonly Environment[]): Finding[] {
  const declares = (environment: Environment | undefined, name: string) =>
    environment?.dependencies.some((one) => one.package === name) ?? false
  return thirdParty(python).flatMap((one) => {
    const { path } = one.module.file
    const owner = environmentOf(all, path)
    const fine = isTest(path)
      ? declares(owner, one.package)
      : all.some((environment) => declares(environment, one.package))
    if (fine) return []
    const where = isTest(path) ? (owner?.file.path ?? 'pyproject.toml') : 'any pyproject.toml'
    return [
      inFile(
        one.module.file,
        `${one.name} is imported, but ${one.package} is not a direct dependency in ${where}`,
        one.line,
      ),
    ]
  })
}

function unpinned(all: readonly Environment[]): Finding[] {
  return all.flatMap((environment) =>
    environment.dependencies
      .filter((one) => !one.pinned)
      .map((one) => inFile(environment.file, `${one.text} is not pinned with == to one version`, one.line)),
  )
}

async function unused(
  subject: SeamSubject,
  all: readonly Environment[],
  imported: ReadonlySet<string>,
): Promise<Finding[]> {
  const words = new Set<string>()
  for (const command of await projectCommands(subject.files)) {
    if (command.file.documentation) continue
    for (const word of command.words) words.add(normalised(word.split(/[\s/=]/)[0] ?? ''))
  }
  // Programs that Python starts itself: `[sys.executable, "-m", "grpc_tools.protoc"]`.
  for (const { facts } of subject.python.modules)
    for (const { value } of facts.strings) if (/^[\w.-]+$/.test(value)) words.add(packageOf(value))
  const declared = new Set(all.flatMap((environment) => environment.dependencies.map((one) => one.package)))
  // Scripts of other environments count too: the orchestrator starts stages of the training one.
  const used = (name: string): boolean => {
    if (imported.has(name) || words.has(name)) return true
    const typed = /^types-(.+)$|^(.+)-stubs$/.exec(name)
    const base = typed?.[1] ?? typed?.[2]
    return base !== undefined && (imported.has(base) || declared.has(base))
  }
  return all.flatMap((environment) =>
    environment.dependencies
      .filter((one) => !used(one.package) && !configured(subject, environment, one.package))
      .map((one) => inFile(environment.file, `${one.package} is declared, but nothing imports or runs it`, one.line)),
  )
}

/** Used without an import: always, or as long as a file has the text that calls for the package. */
function configured({ files }: SeamSubject, environment: Environment, name: string): boolean {
  const folder = posix.basename(environment.folder)
  return dependencyData()
    .unimported.filter((one) => normalised(one.package) === name)
    .some(({ in: where, text }) => {
      if (text === '') return true
      const [path, wanted] = [new RegExp(where.replace('{environment}', folder)), new RegExp(text)]
      return files.some((file) => !file.documentation && path.test(file.path) && wanted.test(file.content))
    })
}
