// What Terraform is told agrees with the contract, its names are ones that AWS takes, and its rights are the ones that were meant.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildPlatform, type Platform } from '../../src/run/platform.js'
import { CHOICES, definitions, filesOf, nameOf, platformOf } from './platforms.js'

const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const
const ACCOUNT = '1'.repeat(12)
/** Asked for by design: nobody else can decide them. */
const ASKED = ['budget_recipients', 'monthly_budget']

type Files = ReadonlyMap<string, string>
const textsOf = (platform: Platform): Files => new Map(filesOf(platform).map(({ path, content }) => [path, content]))
const tfvars = (files: Files, environment: string): string =>
  files.get(`infrastructure/environments/${environment}/terraform.tfvars`) ?? ''

/** Lines of the map `name` in the object `contract`, up to its closing brace. */
function mapOf(text: string, name: string): string {
  return new RegExp(`^ {2}${name} = \\{\\n([\\s\\S]*?)^ {2}\\}$`, 'm').exec(text)?.[1] ?? ''
}
const keysOf = (body: string): string[] => [...body.matchAll(/^ {4}([\w-]+) = \{$/gm)].map(([, key]) => key ?? '')
const valuesOf = (body: string, attribute: string): string[] =>
  [...body.matchAll(new RegExp(`^ {6}${attribute}\\s*= (.*)$`, 'gm'))].map(([, value]) => value ?? '')

/** Statements of policies with their text; a block ends at the brace of its own indentation. */
function statements(text: string): string[] {
  return [...text.matchAll(/^( *)(?:statement|content) \{\n([\s\S]*?)^\1\}$/gm)].map(([, , body]) => body ?? '')
}
const actionsOf = (statement: string): string[] =>
  /\bactions\s*=[^[]*\[[\s\S]*?\][^\n]*/
    .exec(statement)?.[0]
    .match(/"[a-z0-9-]+:[^"]+"/g)
    ?.map((word) => word.slice(1, -1)) ?? []
const below = (files: Files, folder: string): [string, string][] =>
  [...files].filter(([path]) => path.startsWith(folder) && path.endsWith('.tf'))

describe.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))('%s', (_name, choice) => {
  it('gives Terraform every name of the contract, and no other', async () => {
    const platform = await platformOf(choice)
    const { contract } = platform
    const files = textsOf(platform)
    for (const environment of ENVIRONMENTS) {
      const text = tfvars(files, environment)
      const buckets = mapOf(text, 'buckets')
      expect(keysOf(buckets)).toEqual(Object.keys(contract.buckets))
      expect(valuesOf(buckets, 'uri')).toEqual(Object.values(contract.buckets).map(({ uri }) => `"${uri}"`))
      const identities = mapOf(text, 'identities')
      expect(keysOf(identities)).toEqual(Object.keys(contract.identities))
      expect(valuesOf(identities, 'namespace')).toEqual(
        Object.values(contract.identities).map(({ namespace }) => `"${namespace}"`),
      )
      expect(valuesOf(identities, 'access').map((list) => JSON.parse(list))).toEqual(
        Object.values(contract.identities).map(({ access }) => access),
      )
      expect(valuesOf(mapOf(text, 'images'), 'repository')).toEqual(
        Object.values(contract.images).map(({ repository }) => `"${repository}"`),
      )
      expect(keysOf(mapOf(text, 'secrets'))).toEqual(Object.keys(contract.secrets))
    }
  })

  it('names nothing in an access word that nobody makes', async () => {
    const { contract } = await platformOf(choice)
    const targets = new Set([...Object.keys(contract.buckets), 'online-store', 'secrets'])
    const words = Object.values(contract.identities).flatMap(({ access }) => access)
    expect(words.filter((word) => !/^[a-z][a-z0-9_-]*:(read|write)$/.test(word))).toEqual([])
    expect(words.filter((word) => !targets.has(word.split(':')[0] ?? ''))).toEqual([])
    expect(words).not.toContain('secrets:write')
  })

  it('keeps data as long in the pipeline as in the buckets, in the region that was asked for', async () => {
    const platform = await platformOf(choice)
    const files = textsOf(platform)
    const { retention_days, region } = platform.spec.compliance
    for (const environment of ENVIRONMENTS) {
      const settings = parse(files.get(`conf/${environment}.yaml`) ?? '') as { storage: Record<string, unknown> }
      expect(settings.storage).toMatchObject({ retention_days: retention_days.value, region: region.value })
      expect(tfvars(files, environment)).toMatch(new RegExp(`^retention_days = ${retention_days.value}$`, 'm'))
      expect(tfvars(files, environment)).toMatch(new RegExp(`^region {9}= "${region.value}"$`, 'm'))
    }
  })
})

describe('the Terraform of churn-telecom', async () => {
  const platform = await platformOf({ example: 'churn-telecom', maturity: 5 })
  const files = textsOf(platform)

  it('differs between environments in variables only', () => {
    for (const name of ['main', 'variables', 'outputs', 'providers', 'backend']) {
      const texts = ENVIRONMENTS.map((environment) =>
        (files.get(`infrastructure/environments/${environment}/${name}.tf`) ?? '').replace(/^#.*\n/, ''),
      )
      expect(texts[0]).not.toBe('')
      expect(new Set(texts).size, name).toBe(1)
    }
  })

  it.each(ENVIRONMENTS)('has a value for every variable of %s but those that only people can decide', (environment) => {
    const declared = files.get(`infrastructure/environments/${environment}/variables.tf`) ?? ''
    const needed = [...declared.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}$/gm)].flatMap(([, name, body]) =>
      name === undefined || /^ {2}default /m.test(body ?? '') ? [] : [name],
    )
    const given = [...tfvars(files, environment).matchAll(/^(\w+)\s*=/gm)].map(([, name]) => name)
    expect(needed.filter((name) => !given.includes(name)).sort()).toEqual(ASKED)
    expect(given.filter((name) => !declared.includes(`variable "${name}"`))).toEqual([])
  })

  it('allows no action by pattern, and every resource only where AWS knows no other', () => {
    const all = below(files, 'infrastructure/').flatMap(([path, text]) =>
      statements(text).map((body) => ({ path, body, sid: /sid\s*= "(\w+)"/.exec(body)?.[1] ?? '' })),
    )
    const allowing = all.filter(({ body }) => !/effect\s*= "Deny"/.test(body))
    expect(allowing.length).toBeGreaterThan(20)
    expect(allowing.filter(({ body }) => actionsOf(body).some((action) => action.includes('*')))).toEqual([])
    const anything = allowing.filter(({ body }) => /resources\s*= \["\*"\]/.test(body)).map(({ sid }) => sid)
    expect([...new Set(anything)].sort()).toEqual([
      'AccountAdministersTheKey',
      'CloudWatchEncryptsLogGroups',
      'LogIn',
      'RolesOfTheAccountUseTheKey',
      'SeeGroupsAndInstanceTypes',
      'SeeNodeGroups',
    ])
  })

  it('lets the role that applies attach what the modules attach, and bounds what they write', () => {
    const modules = below(files, 'infrastructure/modules/')
      .map(([, text]) => text)
      .join('\n')
    const named = [...modules.matchAll(/arn:aws:iam::aws:policy\/([\w/]+)"/g)].map(([, policy]) => policy ?? '')
    const listed = [...modules.matchAll(/^ {4}"(Amazon\w+)",$/gm)].map(([, policy]) => policy ?? '')
    const apply = files.get('infrastructure/bootstrap/apply.tf') ?? ''
    const allowed = [...apply.matchAll(/^ {4}"arn:aws:iam::aws:policy\/([\w/]+)",$/gm)].map(
      ([, policy]) => policy ?? '',
    )
    expect([...named, ...listed].sort()).toEqual(allowed.sort())

    const boundary = new Set(statements(files.get('infrastructure/bootstrap/boundary.tf') ?? '').flatMap(actionsOf))
    const written = [
      ...['identities/main', 'network/flow-logs', 'cluster/addon-identities'].flatMap((name) =>
        statements(files.get(`infrastructure/modules/${name}.tf`) ?? '').flatMap(actionsOf),
      ),
    ].filter((action) => !action.startsWith('sts:'))
    expect(written).toContain('s3:GetObject')
    expect(written.filter((action) => !boundary.has(action))).toEqual([])
  })

  it('has nodes for all prediction pods of two releases, and for all training pods', () => {
    const pool = (environment: string, name: string) => {
      const pools = tfvars(files, environment).split('pools = {')[1] ?? ''
      const body = new RegExp(`^ {4}${name} = \\{\\n([\\s\\S]*?)^ {4}\\}`, 'm').exec(pools)?.[1] ?? ''
      const of = (pattern: RegExp) => Number(pattern.exec(body)?.[1])
      return { most: of(/max_nodes = (\d+)/), cpu: of(/cpu = ([\d.]+)/), memory: of(/memory_gib = ([\d.]+)/) }
    }
    const size = (name: string): number => platform.contract.sizing[name]?.value ?? Number.NaN
    // Nodes hold one pod at least, by the rule in modules/cluster/sizes.tf.
    for (const environment of ENVIRONMENTS) {
      expect(pool(environment, 'serving')).toMatchObject({ cpu: size('serving_cpu'), memory: size('serving_memory') })
      expect(pool(environment, 'serving').most).toBeGreaterThanOrEqual(size('serving_replicas_max'))
      expect(pool(environment, 'spot')).toMatchObject({ cpu: size('training_cpu'), memory: size('training_memory') })
      expect(pool(environment, 'spot').most).toBeGreaterThanOrEqual(size('training_pods'))
    }
    expect(pool('prod', 'serving').most).toBeGreaterThanOrEqual(2 * size('serving_replicas_max'))
  })

  it('pays for no layer for ever: its class follows its use, its objects end, or every stage reads it', () => {
    const retention = files.get('infrastructure/modules/storage/retention.tf') ?? ''
    const tiered = /tiered = toset\(\[(.*)\]\)/.exec(retention)?.[1]?.match(/\w+/g) ?? []
    const expiring = [...retention.matchAll(/^ {4}(\w+)\s*= \{ prefix = /gm)].map(([, layer]) => layer ?? '')
    const { storage } = parse(files.get('conf/prod.yaml') ?? '') as { storage: { layers: Record<string, string> } }
    const read = Object.values(storage.layers).map((place) => place.split('/')[0] ?? '')
    for (const layer of Object.keys(platform.contract.buckets))
      expect([...tiered, ...expiring, ...read], layer).toContain(layer)
    expect(tiered.filter((layer) => ['raw', 'processed', 'features'].includes(layer))).toEqual([])
    // An index of the pipeline points to these: a rule that ended them by age would stop every stage.
    expect(expiring.sort()).toEqual(['landing', 'logs', 'results'])
    expect(retention).toMatch(/results = \{ prefix = "work\/"/)
    expect(retention).toMatch(/noncurrent_version_expiration/)
    expect(files.get('infrastructure/modules/storage/main.tf')).toMatch(/bucket_key_enabled = true/)
    expect(files.get('infrastructure/modules/network/endpoints.tf')).toMatch(/toset\(\["dynamodb", "s3"\]\)/)
  })

  it('hands GitHub no role without naming the repository and who in it', () => {
    const github = files.get('infrastructure/bootstrap/github.tf') ?? ''
    const subjects = [...github.matchAll(/"repo:([^"]+)"/g)].map(([, subject]) => subject)
    const repository = '${var.github_repository}'
    expect(subjects).toHaveLength(3)
    const place = ['pull_request', 'environment:${var.environment}']
    for (const subject of subjects) expect(place.map((one) => `${repository}:${one}`)).toContain(subject)
    expect(github).not.toMatch(/StringLike/)
  })
})

it('makes names that AWS takes, for the longest name that a project may have', async () => {
  const { spec } = await platformOf({ example: 'churn-telecom', maturity: 5 })
  const project = 'a-name-of-24-characters1'
  expect(project).toHaveLength(24)
  const platform = await buildPlatform(definitions, { ...spec, name: project })
  const files = textsOf(platform)
  const longest = { environment: 'staging', suffix: `-staging-${ACCOUNT}` }
  const made = `${project}-${longest.environment}`

  const buckets = [
    ...Object.values(platform.contract.buckets).map(({ uri }) => uri.replace('s3://', '')),
    `${project}-access`,
  ]
  for (const bucket of [...buckets.map((name) => name + longest.suffix), `${project}-state${longest.suffix}`])
    expect(bucket).toMatch(/^[a-z0-9](?=.{1,61}[a-z0-9]$)(?!.*--.*\.)[a-z0-9-]*[a-z0-9]$/)

  const suffixes = below(files, 'infrastructure/modules/').flatMap(([, text]) =>
    [...text.matchAll(/^resource "aws_iam_role" [\s\S]*?^ {2}name\s*= "\$\{var\.name\}-([^"]+)"/gm)].map(
      ([, end]) => end ?? '',
    ),
  )
  expect(suffixes.length).toBeGreaterThan(3)
  const roles = [
    ...suffixes.filter((end) => !end.includes('$')),
    'autoscaler',
    ...Object.keys(platform.contract.identities),
  ]
  for (const role of roles) expect(`${made}-${role}`).toMatch(/^[\w+=,.@-]{1,64}$/)

  const databases = [...tfvars(files, 'staging').matchAll(/^ {2}(\w+) = \{\n {4}instance_class/gm)].map(
    ([, name]) => name,
  )
  expect(databases).toEqual(['orchestrator', 'tracker'])
  for (const name of databases) expect(`${made}-${name}-final`).toMatch(/^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/)
  for (const { repository } of Object.values(platform.contract.images))
    expect(repository).toMatch(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/)
  for (const secret of Object.keys(platform.contract.secrets))
    expect(`${project}/staging/${secret.replaceAll('_', '-')}`).toMatch(/^[a-z0-9/-]{1,512}$/)
})

describe.each([
  ['4,000 EUR a month', 4000, 'EUR', { dev: 800, staging: 800, prod: 2400 }],
  ['$120,000 a year', 10_000, 'USD', { dev: 2000, staging: 2000, prod: 6000 }],
])('a stated budget of %s', async (words, month, currency, shares) => {
  const platform = await platformOf({
    example: 'churn-telecom',
    maturity: 5,
    instead: ['We use MLflow.', `We use MLflow. The platform may cost at most ${words}.`],
  })
  const files = textsOf(platform)

  it('is what the alarm of each environment is about, in shares that come to the whole', () => {
    expect(platform.contract.slos.monthly_budget).toMatchObject({ value: month, unit: `${currency} a month` })
    for (const environment of ENVIRONMENTS) {
      const text = tfvars(files, environment)
      expect(text).toMatch(new RegExp(`^monthly_budget {2}= ${shares[environment]}$`, 'm'))
      expect(text).toMatch(new RegExp(`^budget_currency = "${currency}"$`, 'm'))
    }
    expect(Object.values(shares).reduce((sum, share) => sum + share)).toBe(month)
  })

  it('is never compared with US dollars unless it is in US dollars', () => {
    const limit = files.get('infrastructure/modules/platform/main.tf') ?? ''
    expect(limit).toContain('var.monthly_budget * (var.budget_currency == "USD" ? 1 : var.budget_exchange_rate)')
    expect(files.get('docs/cost.md')?.includes('--rate')).toBe(currency !== 'USD')
  })
})

it('asks for the budget that nobody stated', async () => {
  const platform = await platformOf({ example: 'churn-telecom', maturity: 5 })
  expect(platform.contract.slos).not.toHaveProperty('monthly_budget')
  expect(tfvars(textsOf(platform), 'prod')).not.toContain('budget')
})
