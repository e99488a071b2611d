// Terraform that somebody applies: providers pinned and set up, state kept where it belongs, tests run, roles with rights, nothing for nobody.
import { posix } from 'node:path'
import type { EmittedFile } from '../types.js'
import { eachAttributeOf } from './hcl.js'
import { kindOf } from './kinds.js'
import { type Finding, inFile, type Seam } from './seam.js'
import { argument, calledFolder, namesWith, type TerraformModule, terraformModules } from './terraform-modules.js'
import { powerlessRoles } from './terraform-roles.js'
import {
  allProviders,
  blocksOf,
  calls,
  type Modules,
  modulesOf,
  ownProviders,
  type Runner,
  rootsOf,
  runnersOf,
} from './terraform-roots.js'

export const terraformSeam: Seam = {
  name: 'wired/terraform',
  async find({ files }) {
    const modules = await terraformModules(files)
    const roots = rootsOf(modules)
    const runners = runnersOf(files, modules)
    return [
      ...[...modules.values()].filter(({ files: own }) => own.length > 0).flatMap(unpinned),
      ...roots.flatMap((root) => unready(root, modules)),
      ...misplacedState(roots),
      ...unapplied(roots, runners),
      ...unreadOutputs(modules),
      ...untested(files, modules, runners),
      ...[...modules.values()].flatMap(powerlessRoles),
    ]
  },
}

const inModule = (module: TerraformModule, reason: string, line?: number): Finding[] => {
  const file = module.files.find(({ path }) => path.endsWith('/main.tf')) ?? module.files[0]
  return file === undefined ? [] : [inFile(file, reason, line)]
}

/** A module says which versions it was written for; what it does not use, it does not require. */
function unpinned(module: TerraformModule): Finding[] {
  const settings = blocksOf(module, 'terraform')
  const required = new Set(
    settings.flatMap(({ body }) =>
      body.blocks
        .filter(({ type }) => type === 'required_providers')
        .flatMap((block) => block.body.attributes.map(({ name }) => name)),
    ),
  )
  const used = ownProviders(module)
  // A module that only calls others may repeat what they require.
  const only = calls(module).length === 0
  const versioned = settings.some(({ body }) => argument(body, 'required_version') !== undefined)
  return [
    ...(versioned ? [] : inModule(module, `${module.folder} does not say which versions of Terraform it is for`)),
    ...[...used]
      .filter((name) => !required.has(name))
      .flatMap((name) => inModule(module, `${module.folder} uses the provider ${name} and pins no version of it`)),
    ...[...required]
      .filter((name) => only && !used.has(name))
      .flatMap((name) => inModule(module, `${module.folder} requires the provider ${name} and does not use it`)),
  ]
}

/** What is applied by itself sets its providers up; nobody else does. */
function unready(root: TerraformModule, modules: Modules): Finding[] {
  const configured = blocksOf(root, 'provider').map(({ labels }) => labels[0])
  return [...allProviders(root, modules)]
    .filter((name) => !configured.includes(name))
    .flatMap((name) =>
      inModule(
        root,
        `nothing in ${root.folder} sets the provider ${name} up: region and tags would be those of a shell`,
      ),
    )
}

/** State lies in a backend; only the root that makes the bucket for it has nowhere else to keep its own. */
function misplacedState(roots: readonly TerraformModule[]): Finding[] {
  const stored = (root: TerraformModule) =>
    blocksOf(root, 'terraform').some(({ body }) => body.blocks.some(({ type }) => type === 'backend'))
  return roots
    .filter((root) => !stored(root) && !makesTheBackend(root))
    .flatMap((root) => inModule(root, `${root.folder} has no backend, so its state would stay on one machine`))
}

/** It says itself how the others reach what it made for them. */
const makesTheBackend = (root: TerraformModule): boolean => {
  const output = root.declared.get('output.backend_config')
  return output !== undefined && blocksOf(root, 'resource').length > 0
}

function unapplied(roots: readonly TerraformModule[], runners: readonly Runner[]): Finding[] {
  const applied = new Set(runners.filter(({ file }) => /\bapply\b/.test(file.content)).flatMap(modulesOf))
  return roots
    .filter((root) => !applied.has(root))
    .flatMap((root) => inModule(root, `no module calls ${root.folder}, and no script or workflow applies it`))
}

/** What a module hands out is taken by one that calls it. Outputs of roots are for people and scripts: seam/terraform-value. */
function unreadOutputs(modules: Modules): Finding[] {
  const read = new Set<string>()
  const called = new Set<string>()
  for (const module of modules.values()) {
    for (const block of blocksOf(module, 'module')) {
      const folder = calledFolder(module, block)
      if (folder !== undefined) called.add(folder)
      const { labels } = block
      for (const attribute of eachAttributeOf(module.blocks))
        for (const { path } of attribute.references) {
          if (path[0] !== 'module' || path[1] !== labels[0]) continue
          const output = path.slice(2).find((part) => part !== '[]')
          if (output !== undefined) read.add(`${folder} ${output}`)
        }
    }
  }
  return [...called].flatMap((folder) => {
    const module = modules.get(folder)
    if (module === undefined) return []
    return namesWith(module, 'output.')
      .filter((name) => !read.has(`${folder} ${name}`))
      .flatMap((name) => {
        const { file, block } = module.declared.get(`output.${name}`) ?? {}
        return file === undefined || block === undefined
          ? []
          : [inFile(file, `no module that calls ${folder} reads its output ${name}`, block.line)]
      })
  })
}

/** A command that tests a module finds tests there, and no test lies where none is run. */
function untested(files: readonly EmittedFile[], modules: Modules, runners: readonly Runner[]): Finding[] {
  const tests = files.filter((file) => kindOf(file) === 'terraform-test')
  const tested = (file: EmittedFile) => posix.dirname(posix.dirname(file.path))
  const testing = runners.filter(({ file }) => /\b(?:tofu|terraform)\b.*\btest\b/.test(file.content))
  const run = new Set(testing.flatMap(modulesOf))
  return [
    ...[...run]
      .filter(({ folder }) => !tests.some((file) => tested(file) === folder))
      .flatMap((module) => inModule(module, `${testing[0]?.file.path} tests ${module.folder}, which has no tests`)),
    ...tests
      .filter((file) => modules.has(tested(file)) && ![...run].some(({ folder }) => folder === tested(file)))
      .map((file) => inFile(file, `no command runs the tests of ${tested(file)}`)),
  ]
}
