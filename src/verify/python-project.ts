// The Python files of a project as modules: what each is called, what it imports, and which of its names are text elsewhere.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { kindOf } from './kinds.js'
import { isTest } from './paths.js'
import { pythonFacts } from './prepared-facts.js'
import type { PythonFacts, PythonImport } from './python-facts.js'

export interface PythonModule {
  readonly file: EmittedFile
  /** As `import` says it, e.g. `ml_platform.features.build`; packages are named by their folder. */
  readonly name: string
  readonly facts: PythonFacts
}

export interface PythonProject {
  readonly modules: readonly PythonModule[]
  readonly byName: ReadonlyMap<string, PythonModule>
  /** Every dotted prefix of a module, so that folders without __init__.py count too. */
  readonly packages: ReadonlySet<string>
  /** Modules of the tests by their bare name, as pytest makes them importable for each other. */
  readonly support: ReadonlyMap<string, PythonModule>
  /** First names of our own packages. */
  readonly roots: ReadonlySet<string>
}

/** Dotted name of a Python path; `src/` is a root of imports, everything else starts at the repository. */
function moduleName(path: string): string {
  return path
    .replace(/^(.*\/)?src\//, '')
    .replace(/\.pyi?$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.')
}

const known = new WeakMap<readonly EmittedFile[], Promise<PythonProject>>()

/** The same list of files is looked at once, whoever asks. */
export function pythonProject(files: readonly EmittedFile[]): Promise<PythonProject> {
  const project = known.get(files) ?? lookedAt(files)
  known.set(files, project)
  return project
}

async function lookedAt(files: readonly EmittedFile[]): Promise<PythonProject> {
  const modules: PythonModule[] = []
  // A stub says nothing that the module beside it does not.
  for (const file of files.filter((one) => kindOf(one) === 'python' && one.path.endsWith('.py')))
    modules.push({ file, name: moduleName(file.path), facts: await pythonFacts(file) })
  const byName = new Map(modules.map((module) => [module.name, module]))
  const packages = new Set(
    modules.flatMap(({ name }) => name.split('.').map((_, at, parts) => parts.slice(0, at + 1).join('.'))),
  )
  const roots = new Set(modules.filter(({ file }) => !isTest(file.path)).map(({ name }) => name.split('.')[0] ?? name))
  const support = new Map(
    modules.filter(({ file }) => isTest(file.path)).map((module) => [posix.basename(module.file.path, '.py'), module]),
  )
  return { modules, byName, packages, roots, support }
}

/** Absolute module that an import names, seen from the module that holds it. */
export function absoluteModule(module: PythonModule, statement: PythonImport): string {
  if (statement.level === 0) return statement.module
  const isPackage = posix.basename(module.file.path) === '__init__.py'
  const parts = module.name.split('.')
  const base = parts.slice(0, parts.length - statement.level + (isPackage ? 1 : 0))
  return [...base, ...(statement.module === '' ? [] : [statement.module])].join('.')
}

/** Modules of ours that an import statement loads, packages on the way included. */
export function importedModules(project: PythonProject, module: PythonModule, statement: PythonImport): PythonModule[] {
  const target = absoluteModule(module, statement)
  const direct = [target, ...statement.names.map((name) => `${target}.${name}`)]
  return direct.flatMap((name) => project.byName.get(name) ?? supportOf(project, module, name) ?? [])
}

const supportOf = (project: PythonProject, module: PythonModule, name: string): PythonModule | undefined =>
  isTest(module.file.path) ? project.support.get(name) : undefined

/** Whether the import is of our own code, as opposed to the standard library or a dependency. */
export function isOwn(project: PythonProject, module: PythonModule, statement: PythonImport): boolean {
  const first = absoluteModule(module, statement).split('.')[0] ?? ''
  return (
    statement.level > 0 ||
    project.roots.has(first) ||
    supportOf(project, module, first) !== undefined ||
    project.packages.has(absoluteModule(module, statement))
  )
}
