// Every Python module has a way in and a test: reached from an entry point, a setting or a pipeline file, and exercised.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { projectCommands } from './commands.js'
import { environments } from './environments.js'
import { kindOf } from './kinds.js'
import { isTest } from './paths.js'
import { importedModules, type PythonModule, type PythonProject } from './python-project.js'
import { type Finding, inFile, type Seam } from './seam.js'
import { dottedNames } from './seam-code.js'

/** Python modules reached from an entry point, a pipeline file or a setting; a test alone wires nothing in. */
export const moduleSeam: Seam = {
  name: 'wired/module',
  async find({ files, python }) {
    const reached = await reachedModules(files, python)
    return python.modules
      .filter(({ file }) => inSource(file.path) && !reached.has(file.path))
      .map(({ file, name }) =>
        inFile(file, `nothing reaches the module ${name}: no entry point, setting, pipeline file or reached module`),
      )
  },
}

const inSource = (path: string) => /(^|\/)src\//.test(path) && !isTest(path)

async function reachedModules(files: readonly EmittedFile[], python: PythonProject): Promise<ReadonlySet<string>> {
  const reached = new Set<string>()
  const open: PythonModule[] = []
  const reach = (module: PythonModule | undefined) => {
    if (module === undefined || reached.has(module.file.path)) return
    reached.add(module.file.path)
    open.push(module)
    // Loading a module runs the __init__ of every package above it.
    const parts = module.name.split('.')
    for (let length = 1; length < parts.length; length += 1) reach(python.byName.get(parts.slice(0, length).join('.')))
  }
  const byDotted = (name: string) => {
    const path = name.split(':')[0] ?? ''
    reach(python.byName.get(path) ?? python.byName.get(path.slice(0, path.lastIndexOf('.'))))
  }
  for (const { scripts, entryPoints } of await environments(files))
    for (const target of [...Object.values(scripts), ...entryPoints]) byDotted(target)
  for (const file of files) {
    if (file.documentation || isTest(file.path)) continue
    // Pipelines, feature repositories and scripts outside src are started by their tools.
    if (kindOf(file) === 'python' && !inSource(file.path))
      reach(python.modules.find((module) => module.file.path === file.path))
    else if (kindOf(file) !== 'python') for (const { name } of dottedNames(python, file)) byDotted(name)
  }
  // Commands of documents count: each one is run as it is written.
  for (const { words } of await projectCommands(files)) {
    const at = words.indexOf('-m')
    const name = at < 0 ? undefined : words[at + 1]
    if (name !== undefined) reach(python.byName.get(`${name}.__main__`) ?? python.byName.get(name))
  }
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    for (const statement of module.facts.imports)
      for (const imported of importedModules(python, module, statement)) reach(imported)
    for (const { name } of dottedNames(python, module.file)) byDotted(name)
  }
  return reached
}

/**
 * Tests lead to every module: by importing it, or what imports it, or a setting that names it. How much of it they run is
 * for the coverage to say; a module without any way from the tests has none at all. Pipeline files are named by a test.
 */
export const testedSeam: Seam = {
  name: 'wired/tested',
  find({ files, python }) {
    const tests = python.modules.filter(({ file }) => isTest(file.path))
    const exercised = exercisedModules(files, python, tests)
    return python.modules
      .filter(({ file }) => !isTest(file.path) && posix.basename(file.path) !== '__init__.py')
      .filter(({ file }) => !exercised.has(file.path))
      .filter(
        ({ file }) =>
          inSource(file.path) || !tests.some((test) => test.file.content.includes(posix.basename(file.path))),
      )
      .map(({ file, name }) => inFile(file, `no test exercises ${name}`))
  },
}

function exercisedModules(
  files: readonly EmittedFile[],
  python: PythonProject,
  tests: readonly PythonModule[],
): ReadonlySet<string> {
  const data = files.filter((file) => kindOf(file) === 'yaml' && !file.documentation)
  const set = data
    .flatMap((file) => dottedNames(python, file))
    .flatMap(({ name }) => python.byName.get(name.split(':')[0] ?? '') ?? [])
  const open = [...tests, ...(tests.length === 0 ? [] : set)]
  const seen = new Set(open.map(({ file }) => file.path))
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    for (const next of leadsTo(python, module)) {
      if (seen.has(next.file.path)) continue
      seen.add(next.file.path)
      open.push(next)
    }
  }
  return seen
}

function leadsTo(python: PythonProject, module: PythonModule): PythonModule[] {
  const imported = module.facts.imports.flatMap((statement) => importedModules(python, module, statement))
  const named = dottedNames(python, module.file).flatMap(
    ({ name }) => python.byName.get(name.split(':')[0] ?? '') ?? [],
  )
  return [...imported, ...named]
}

/** Tests say which deliverable they speak for (`pytest.mark.deliverable`): every tag exists, every deliverable with code has one. */
export const taggedSeam: Seam = {
  name: 'wired/tagged',
  find({ files, python }) {
    const ids = new Set(files.map((file) => file.deliverable))
    const tagged = new Set<string>()
    const findings: Finding[] = []
    for (const { file, facts } of python.modules.filter((module) => isTest(module.file.path))) {
      for (const { callee, positional, line } of facts.calls.filter(
        (call) => call.callee === 'pytest.mark.deliverable',
      )) {
        for (const id of positional.filter((value) => typeof value === 'string')) {
          tagged.add(id)
          if (!ids.has(id)) findings.push(inFile(file, `${callee}("${id}"): no deliverable ${id} is emitted`, line))
        }
      }
    }
    const untested = python.modules.filter(({ file }) => inSource(file.path) && !tagged.has(file.deliverable))
    const first = new Map(untested.map(({ file }) => [file.deliverable, file]))
    for (const [id, file] of first)
      findings.push(
        inFile(file, `no test is tagged with the deliverable ${id}, so its code can never be more than accepted`),
      )
    return findings
  },
}

/** A folder of modules below src is a package: without its __init__.py it is not installed. */
export const packageSeam: Seam = {
  name: 'wired/package',
  find({ python }) {
    const paths = new Set(python.modules.map(({ file }) => file.path))
    const folders = new Map(
      python.modules.filter(({ file }) => inSource(file.path)).map(({ file }) => [posix.dirname(file.path), file]),
    )
    return [...folders]
      .filter(([folder]) => posix.basename(folder) !== 'src' && !paths.has(`${folder}/__init__.py`))
      .map(([folder, file]) => inFile(file, `${folder} has modules but no __init__.py`))
  },
}
