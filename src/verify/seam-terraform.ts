// Values that go into Terraform and come out of it: each that is needed is given, each that is read is declared, and names are the contract's.
import type { Contract } from '../spec/contract.js'
import type { EmittedFile, Json } from '../types.js'
import { chartsOf } from './charts.js'
import { type HclBlock, hclFile } from './hcl.js'
import { isObject } from './json-value.js'
import { kindOf } from './kinds.js'
import { type Finding, inFile, lineOf, type Seam } from './seam.js'
import {
  argument,
  calledFolder,
  eachAttribute,
  namesWith,
  type TerraformModule,
  terraformModules,
} from './terraform-modules.js'
import { blocksOf, type Modules, modulesOf, type Runner, rootsOf, runnersOf } from './terraform-roots.js'

export const terraformValueSeam: Seam = {
  name: 'seam/terraform-value',
  async find({ files }) {
    const modules = await terraformModules(files)
    if (modules.size === 0) return []
    const roots = rootsOf(modules)
    const runners = runnersOf(files, modules)
    return [...(await missingValues(roots, runners)), ...strangeValues(runners), ...outputs(files, roots, runners)]
  },
}

/** `-var name=`, `TF_VAR_name`, and the keys of an object that a script writes to a file of values. */
function givenBy({ content }: EmittedFile): Map<string, string> {
  const given = new Map<string, string>()
  for (const [text, name = ''] of content.matchAll(/(?:-var[= ]["']?|\bTF_VAR_)(\w+)=?/g)) given.set(name, text)
  const written = [...content.matchAll(/"\$\{?(\w+)\}?"\s*>\s*\S*\.tfvars\.json/g)].map(([, name = '']) => name)
  for (const name of written)
    for (const [, made = ''] of content.matchAll(new RegExp(`^\\s*${name}="?\\$\\(([\\s\\S]*?)\\)"?\\s*$`, 'gm')))
      for (const [text, key = ''] of made.matchAll(/[{,]\s*(\w+):(?=\s)/g)) given.set(key, text)
  return given
}

/** A variable without a default has its value in the file beside it, or from the script that applies the root. */
async function missingValues(roots: readonly TerraformModule[], runners: readonly Runner[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const root of roots) {
    const given = new Set(
      runners.filter((one) => modulesOf(one).includes(root)).flatMap(({ file }) => [...givenBy(file).keys()]),
    )
    for (const file of root.values) for (const { name } of (await hclFile(file)).body.attributes) given.add(name)
    for (const name of namesWith(root, 'var.')) {
      const { file, block } = root.declared.get(`var.${name}`) ?? {}
      if (file === undefined || block === undefined || argument(block.body, 'default') !== undefined) continue
      if (!given.has(name)) findings.push(inFile(file, `nothing gives ${name} a value in ${root.folder}`, block.line))
    }
  }
  return findings
}

/** Values that a script hands over are variables of a root that it names. */
const strangeValues = (runners: readonly Runner[]): Finding[] =>
  runners.flatMap((runner) => {
    const known = new Set(modulesOf(runner).flatMap((module) => namesWith(module, 'var.')))
    return [...givenBy(runner.file)]
      .filter(([name]) => !known.has(name))
      .map(([name, text]) =>
        inFile(runner.file, `no root that is named here has a variable ${name}`, lineOf(runner.file, text)),
      )
  })

const ASKED = /\b(?:terraform|tofu)\b[^\n|;)]{0,60}?\boutput\s+(?:-(?:raw|json|no-color)\s+)*([a-z]\w*)/g

/** Outputs that a file reads: by the command, or out of all of them as JSON, `.name.value`, also through a function of that form. */
function readBy(file: EmittedFile): Map<string, string> {
  const { content } = file
  const read = new Map<string, string>()
  for (const [text, name = ''] of content.matchAll(ASKED)) read.set(name, text)
  if (kindOf(file) !== 'shell' || !/\boutput -json\b/.test(content)) return read
  for (const [text, name = ''] of content.matchAll(/\.([a-z]\w*)\.value\b/g)) read.set(name, text)
  for (const [, called = ''] of content.matchAll(/^(\w+)\(\) \{[^}]*\.\$1\.value/gm))
    for (const [text, name = ''] of content.matchAll(new RegExp(`\\$\\(${called} (\\w+)\\)`, 'g'))) read.set(name, text)
  return read
}

function outputs(
  files: readonly EmittedFile[],
  roots: readonly TerraformModule[],
  runners: readonly Runner[],
): Finding[] {
  const findings: Finding[] = []
  const tests = files.filter((one) => kindOf(one) === 'terraform-test').map(({ content }) => content)
  const read = new Set(tests.flatMap((text) => [...text.matchAll(/\boutput\.(\w+)/g)].map(([, name = '']) => name)))
  for (const file of files.filter((one) => /\boutput\b/.test(one.content))) {
    // Only a script says which folders it is about; everything else may mean any root.
    const groups = runners
      .find((one) => one.file === file)
      ?.groups.map((group) => group.filter((module) => roots.includes(module)))
      .filter((group) => group.length > 0) ?? [roots]
    for (const [name, text] of readBy(file)) {
      read.add(name)
      const having = groups.filter((group) => group.some((root) => root.declared.has(`output.${name}`)))
      if (having.length === 0)
        findings.push(inFile(file, `no root of Terraform has the output ${name}`, lineOf(file, text)))
      if (groups.length === 1 && groups[0] === roots) continue
      for (const root of having.flat().filter((one) => !one.declared.has(`output.${name}`)))
        findings.push(inFile(file, `${root.folder} has no output ${name}, which this reads`, lineOf(file, text)))
    }
  }
  // A platform without scripts leaves reading to people.
  if (runners.every(({ file }) => readBy(file).size === 0)) return findings
  return [
    ...findings,
    ...roots.flatMap((root) =>
      namesWith(root, 'output.')
        .filter((name) => !read.has(name))
        .flatMap((name) => {
          const { file, block } = root.declared.get(`output.${name}`) ?? {}
          return file === undefined || block === undefined
            ? []
            : [inFile(file, `no script, document or test reads the output ${name}`, block.line)]
        }),
    ),
  ]
}

/** Sections of the contract whose names the cloud has to know. */
const SECTIONS = ['buckets', 'identities', 'images', 'secrets'] as const
type Section = (typeof SECTIONS)[number]

export const terraformContractSeam: Seam = {
  name: 'seam/terraform-contract',
  async find({ files, contract }) {
    const modules = await terraformModules(files)
    const findings: Finding[] = []
    for (const { values } of modules.values())
      for (const file of values)
        for (const { name, literal, line } of (await hclFile(file)).body.attributes)
          findings.push(...givenProblems(name, literal, contract).map((reason) => inFile(file, reason, line)))
    findings.push(...[...modules.values()].flatMap((module) => strangeKeys(module, modules, contract)))
    return [...findings, ...(await databases(files, modules))]
  },
}

function givenProblems(name: string, value: Json | undefined, contract: Contract): string[] {
  if (name === 'project')
    return value === contract.project ? [] : [`expected the project ${contract.project}, got ${value}`]
  if (name === 'contract' && isObject(value))
    return [
      ...Object.entries(value).flatMap(([section, given]) => sectionProblems(section, given, contract)),
      ...SECTIONS.filter((section) => !(section in value)).map((section) => `${section} of the contract are missing`),
    ]
  if (name === 'repositories' && Array.isArray(value)) {
    const known = Object.values(contract.images).map(({ repository }) => repository)
    return difference(known, value.map(String), 'repository of an image')
  }
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const section = SECTIONS.find((one) => key.endsWith(`_${one}`))
    return section === undefined || !Array.isArray(inner)
      ? []
      : strangers(inner.map(String), Object.keys(contract[section])).map(
          (one) => `the contract has no ${section}.${one}`,
        )
  })
}

function sectionProblems(section: string, given: Json, contract: Contract): string[] {
  const own = SECTIONS.find((one) => one === section)
  if (own === undefined || !isObject(given)) return [`the contract has no names of the kind ${section} for the cloud`]
  const entries: { readonly [name: string]: object } = contract[own]
  return [
    ...difference(Object.keys(entries), Object.keys(given), `${own} of the contract`),
    ...Object.entries(given).flatMap(([key, fields]) =>
      Object.entries(isObject(fields) ? fields : {})
        .filter(
          ([field, value]) =>
            key in entries && !same(value, Object.entries(entries[key] ?? {}).find(([one]) => one === field)?.[1]),
        )
        .map(([field]) => `${own}.${key}.${field} is not what the contract says`),
    ),
  ]
}

/** The order of a set says nothing. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
const sorted = (value: unknown): unknown => (Array.isArray(value) ? value.map(String).toSorted() : value)

const strangers = (given: readonly string[], known: readonly string[]) => given.filter((one) => !known.includes(one))
const difference = (known: readonly string[], given: readonly string[], what: string): string[] => [
  ...strangers(known, given).map((one) => `${one} is missing, which is a ${what}`),
  ...strangers(given, known).map((one) => `${one} is no ${what}`),
]

/** Keys that a module writes out to tell some of the contract's names from others; one that is no such name does nothing. */
function strangeKeys(module: TerraformModule, modules: Modules, contract: Contract): Finding[] {
  return module.blocks.flatMap((block) => {
    const each = argument(block.body, 'for_each')
    const section = each === undefined ? undefined : sectionOf(module, modules, block)
    if (section === undefined) return []
    const locals = [...eachAttribute(block.body)].flatMap(({ attribute: { references } }) =>
      references.some(({ path }) => path.join('.') === 'each.key')
        ? references.filter(({ path }) => path[0] === 'local').map(({ path }) => path[1] ?? '')
        : [],
    )
    return [...new Set(locals)].flatMap((local) => {
      const { file, block: holder } = module.declared.get(`local.${local}`) ?? {}
      const written = holder === undefined ? undefined : argument(holder.body, local)
      if (file === undefined || written?.names === undefined) return []
      return strangers(written.names, Object.keys(contract[section])).map((one) =>
        inFile(file, `the contract has no ${section}.${one}, so local.${local} never applies`, written.line),
      )
    })
  })
}

/** Section whose names a block is repeated for: `for_each` followed through locals and resources to a variable that holds it. */
function sectionOf(module: TerraformModule, modules: Modules, block: HclBlock, depth = 0): Section | undefined {
  for (const { path } of argument(block.body, 'for_each')?.references ?? []) {
    const found = follow(path, depth)
    if (found !== undefined) return found
  }
  return undefined

  function follow(path: readonly string[], level: number): Section | undefined {
    if (level > 4) return undefined
    const [first = '', second = ''] = path
    if (first === 'var') return SECTIONS.find((one) => one === second && isHanded(module.folder, one, modules))
    if (first === 'local') {
      const holder = module.declared.get(`local.${second}`)?.block
      const written = holder === undefined ? undefined : argument(holder.body, second)
      return written?.references.map((one) => follow(one.path, level + 1)).find((one) => one !== undefined)
    }
    const resource = module.declared.get(`${first}.${second}`)?.block
    return resource === undefined || resource === block ? undefined : sectionOf(module, modules, resource, level + 1)
  }
}

/** Whether some module hands `var.contract.<section>` over as the variable of that name. */
const isHanded = (folder: string, section: Section, modules: Modules): boolean =>
  [...modules.values()].some((caller) =>
    blocksOf(caller, 'module').some(
      (call) =>
        calledFolder(caller, call) === folder &&
        argument(call.body, section)?.references.some(({ path }) => path.join('.') === `var.contract.${section}`) ===
          true,
    ),
  )

/** A chart that reads `.Values.database` has one of its name in every environment, and no database is for nobody. */
async function databases(files: readonly EmittedFile[], modules: Modules): Promise<Finding[]> {
  const readers = (await chartsOf(files))
    .filter((chart) => chart.files.some(({ content }) => /\.Values\.database\./.test(content)))
    .map(({ name }) => name)
  const findings: Finding[] = []
  for (const { values } of modules.values())
    for (const file of values) {
      const given = (await hclFile(file)).body.attributes.find(({ name }) => name === 'databases')
      if (given?.literal === undefined || !isObject(given.literal)) continue
      const names = Object.keys(given.literal)
      findings.push(
        ...strangers(readers, names).map((one) =>
          inFile(file, `the chart ${one} reads a database, and none is made for it`, given.line),
        ),
        ...strangers(names, readers).map((one) => inFile(file, `no chart reads the database ${one}`, given.line)),
      )
    }
  return findings
}
