// Entries of the contract: what Python reads exists there, secrets are read by somebody, success criteria are implemented and tested.
import { CONTRACT_SECTIONS, type Contract } from '../spec/contract.js'
import type { EmittedFile } from '../types.js'
import { type Kind, kindOf } from './kinds.js'
import { dotenvNames } from './lines.js'
import { isTest } from './paths.js'
import type { PythonModule } from './python-project.js'
import { type Finding, inContract, inFile, lineOf, type Seam } from './seam.js'

/** `contract.slos`, `self._contract.slos`, `load_contract(root).slos`; the group is the section. */
const ACCESS = /contract(?:\([^()]*\))?\.([a-z_]+)$/i
const GET = /contract(?:\([^()]*\))?\.([a-z_]+)\.get$/i

interface Access {
  readonly section: string
  readonly key: string
  readonly line: number
}

function accesses({ facts }: PythonModule): Access[] {
  const bySubscript = facts.subscripts.flatMap(({ object, key, line }) => {
    const section = ACCESS.exec(object)?.[1]
    return section === undefined ? [] : [{ section, key, line }]
  })
  const byGet = facts.calls.flatMap(({ callee, positional: [key], line }) => {
    const section = GET.exec(callee)?.[1]
    return section === undefined || typeof key !== 'string' ? [] : [{ section, key, line }]
  })
  return [...bySubscript, ...byGet]
}

export const contractSeam: Seam = {
  name: 'seam/contract-entry',
  find({ python, contract }) {
    const findings: Finding[] = []
    for (const module of python.modules.filter(({ file }) => !isTest(file.path))) {
      for (const { section, key, line } of accesses(module)) {
        const known = CONTRACT_SECTIONS.find((name) => name === section)
        if (known === undefined) findings.push(inFile(module.file, `the contract has no section ${section}`, line))
        else if (!(key in contract[known]))
          findings.push(inFile(module.file, `the contract has no entry ${section}.${key}`, line))
      }
    }
    return findings
  },
}

const isDefinition = (path: string) => path === 'contract.yaml' || path === 'spec.yaml'

export const secretSeam: Seam = {
  name: 'seam/secret',
  find({ files, contract, python }) {
    const entries = Object.entries(contract.secrets)
    const examples = files.filter((file) => kindOf(file) === 'dotenv')
    const shown = new Set(examples.flatMap((file) => [...dotenvNames(file.content).keys()]))
    const documents = files.filter((file) => kindOf(file) === 'markdown')
    const explained = (name: string) =>
      shown.has(name) || documents.some((file) => new RegExp(`\\b${name}\\b`).test(file.content))
    const read = new Set(
      python.modules
        .filter(({ file }) => !isTest(file.path))
        .flatMap((module) =>
          accesses(module)
            .filter((a) => a.section === 'secrets')
            .map((a) => a.key),
        ),
    )
    const readers = files.filter(
      (file) => !file.documentation && !isDefinition(file.path) && kindOf(file) !== 'dotenv' && !isTest(file.path),
    )
    return entries.flatMap(([name, { owner, environment }]) => {
      const used = read.has(name) || readers.some((file) => new RegExp(`\\b${environment}\\b`).test(file.content))
      return [
        ...(used
          ? []
          : [inContract(owner, `nothing reads the environment variable ${environment} of secrets.${name}`)]),
        ...(explained(environment)
          ? []
          : [
              inContract(
                owner,
                `no document and no .env.example tells people to set ${environment} of secrets.${name}`,
              ),
            ]),
      ]
    })
  },
}

/** What runs as a test: Python, rules against planted series, Terraform's own. */
const TESTS: readonly Kind[] = ['python', 'prometheus-tests', 'terraform-test']

const CRITERION = /\bSC-[A-Z]+-\d\b/g

export const criterionSeam: Seam = {
  name: 'seam/criterion',
  find({ files, contract }) {
    const naming = files.filter((file) => !isDefinition(file.path))
    const findings: Finding[] = naming
      // Tests may name one that does not exist on purpose.
      .filter((file) => !isTest(file.path))
      .flatMap((file) => unknownCriteria(file, contract))
    const tests = naming.filter((file) => isTest(file.path) && TESTS.includes(kindOf(file)))
    const code = naming.filter((file) => !isTest(file.path) && !file.documentation)
    const names = (some: readonly EmittedFile[], id: string) =>
      some.some((file) => new RegExp(`\\b${id}\\b`).test(file.content))
    for (const [id, entry] of Object.entries(contract.criteria)) {
      if (entry.status !== 'applicable') continue
      if (!names(code, id)) findings.push(inContract(entry.owner, `no file implements the success criterion ${id}`))
      if (!names(tests, id)) findings.push(inContract(entry.owner, `no test names the success criterion ${id}`))
    }
    return findings
  },
}

function unknownCriteria(file: EmittedFile, contract: Contract): Finding[] {
  const ids = new Set(file.content.match(CRITERION) ?? [])
  return [...ids]
    .filter((id) => !(id in contract.criteria))
    .map((id) => inFile(file, `the contract has no success criterion ${id}`, lineOf(file, id)))
}
