// Names inside the Python code: imports of our own modules, entry points, dotted names in settings, fixtures of tests.
import type { EmittedFile } from '../types.js'
import { environments } from './environments.js'
import { kindOf } from './kinds.js'
import { isTest } from './paths.js'
import { absoluteModule, importedModules, isOwn, type PythonModule, type PythonProject } from './python-project.js'
import { type Finding, inFile, type Seam } from './seam.js'

export const importSeam: Seam = {
  name: 'seam/import',
  find({ python }) {
    return python.modules.flatMap((module) =>
      module.facts.imports
        .filter((statement) => isOwn(python, module, statement))
        .flatMap((statement) => {
          const target = absoluteModule(module, statement)
          const found = python.byName.get(target) ?? (isTest(module.file.path) ? python.support.get(target) : undefined)
          if (found === undefined && !python.packages.has(target))
            return [inFile(module.file, `there is no module ${target}`, statement.line)]
          return statement.names
            .filter((name) => name !== '*' && !offers(python, target, found, name))
            .map((name) => inFile(module.file, `${target} has no ${name}`, statement.line))
        }),
    )
  },
}

function offers(python: PythonProject, target: string, module: PythonModule | undefined, name: string): boolean {
  if (python.packages.has(`${target}.${name}`) || module?.facts.names.has(name) === true) return true
  // Generated modules (protobuf) fill their globals at run time.
  return module !== undefined && (/_pb2(_grpc)?\.py$/.test(module.file.path) || module.facts.names.has('__getattr__'))
}

/** A module or `module:attribute` by its dotted name, as entry points, settings and DAGs write it. Nothing when it resolves. */
function unresolved(python: PythonProject, name: string): string | undefined {
  const [path, attribute] = name.split(':')
  if (path === undefined || path === '') return `${name} is not a dotted name`
  const module = python.byName.get(path)
  if (module === undefined)
    return python.packages.has(path) && attribute === undefined
      ? undefined
      : parentOffers(python, path)
        ? undefined
        : `there is no module ${path}`
  const first = attribute?.split('.')[0]
  return first === undefined || offers(python, path, module, first) ? undefined : `${path} has no ${first}`
}

/** `package.module.Class` without a colon. */
function parentOffers(python: PythonProject, path: string): boolean {
  const at = path.lastIndexOf('.')
  const parent = python.byName.get(path.slice(0, at))
  return at > 0 && parent !== undefined && offers(python, path.slice(0, at), parent, path.slice(at + 1))
}

export const entryPointSeam: Seam = {
  name: 'seam/entry-point',
  async find({ files, python }) {
    const findings: Finding[] = []
    for (const { file, scripts, entryPoints } of await environments(files)) {
      for (const target of [...Object.values(scripts), ...entryPoints]) {
        if (!python.roots.has(target.split(/[.:]/)[0] ?? '')) continue
        const reason = unresolved(python, target)
        const line = file.content.slice(0, file.content.indexOf(target)).split('\n').length
        if (reason !== undefined)
          findings.push(inFile(file, `the entry point ${target} leads nowhere: ${reason}`, line))
      }
    }
    return findings
  },
}

/** Dotted names of our modules in settings, DAGs, commands and strings: (file, name, line). */
export function dottedNames(python: PythonProject, file: EmittedFile): { name: string; line: number }[] {
  if (file.documentation || kindOf(file) === 'python') {
    const module = python.modules.find((one) => one.file.path === file.path)
    return (module?.facts.strings ?? [])
      .filter(({ value }) => isDotted(python, value))
      .map(({ value, line }) => ({ name: value, line }))
  }
  return file.content.split('\n').flatMap((text, index) => {
    // A comment in a data file may speak of anything.
    const code = text.replace(/(^|\s)#.*$/, '')
    const names = code.match(/\b[a-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?/g) ?? []
    return names
      .filter((name) => isDotted(python, name) && !code.includes(`/${name}`) && !code.includes(`${name}/`))
      .map((name) => ({ name, line: index + 1 }))
  })
}

const isDotted = (python: PythonProject, value: string): boolean =>
  /^[a-z_]\w*(\.[A-Za-z_]\w*)+(:[A-Za-z_]\w*)?$/.test(value) && python.roots.has(value.split('.')[0] ?? '')

/** Full names of the services and messages of a .proto file, which look like dotted names of Python. */
function protoNames(file: EmittedFile): string[] {
  if (kindOf(file) !== 'proto') return []
  const scope = /^\s*package\s+([\w.]+)\s*;/m.exec(file.content)?.[1]
  const names = [...file.content.matchAll(/^\s*(?:service|message|enum)\s+(\w+)/gm)].map((match) => match[1] ?? '')
  return scope === undefined ? names : names.map((name) => `${scope}.${name}`)
}

export const dottedNameSeam: Seam = {
  name: 'seam/dotted-name',
  find({ files, python }) {
    const services = new Set(files.flatMap(protoNames))
    // Tests name what is not there on purpose.
    const speaking = files.filter((file) => !isTest(file.path))
    return speaking.flatMap((file) =>
      dottedNames(python, file)
        .filter(({ name }) => !services.has(name))
        .flatMap(({ name, line }) => {
          const reason = unresolved(python, name)
          return reason === undefined ? [] : [inFile(file, `${name} leads nowhere: ${reason}`, line)]
        }),
    )
  },
}

const BUILT_IN = new Set(
  'cache capfd capfdbinary caplog capsys capsysbinary doctest_namespace monkeypatch pytestconfig record_property record_testsuite_property recwarn request subtests testdir pytester tmp_path tmp_path_factory tmpdir tmpdir_factory benchmark mocker event_loop'.split(
    ' ',
  ),
)

export const fixtureSeam: Seam = {
  name: 'seam/fixture',
  find({ python }) {
    const fixtures = (module: PythonModule) =>
      module.facts.functions.filter((one) => one.decorators.some((text) => /^(pytest\.)?fixture\b/.test(text)))
    return python.modules
      .filter(({ file }) => kindOf(file) === 'python' && /(^|\/)(test_[^/]+|conftest)\.py$/.test(file.path))
      .flatMap((module) => {
        const above = python.modules.filter(
          ({ file }) =>
            /(^|\/)conftest\.py$/.test(file.path) &&
            module.file.path.startsWith(file.path.slice(0, -'conftest.py'.length)),
        )
        const loaded = module.facts.imports.flatMap((statement) => importedModules(python, module, statement))
        const known = new Set([...above, ...loaded, module].flatMap(fixtures).map((one) => one.name))
        const asking = [...fixtures(module), ...module.facts.functions.filter((one) => one.name.startsWith('test'))]
        return asking.flatMap((one) => {
          const given = one.decorators.join(' ')
          return one.parameters
            .filter(
              (name) =>
                name !== 'self' &&
                !known.has(name) &&
                !BUILT_IN.has(name) &&
                !new RegExp(`["', (\\[]${name}["', )\\]]`).test(given) &&
                !/\b(given|patch)\b/.test(given),
            )
            .map((name) =>
              inFile(module.file, `${one.name} asks for the fixture ${name}, which nothing defines`, one.line),
            )
        })
      })
  },
}
