import { expect, it } from 'vitest'
import { CONTRACT_SECTIONS, contractSchema } from '../../src/spec/contract.js'
import { platformOf } from '../emitted/platforms.js'

it('has every section empty where nothing is agreed', () => {
  const contract = contractSchema.parse({ version: 1, project: 'sample' })
  for (const section of CONTRACT_SECTIONS) expect(contract[section]).toEqual({})
})

it('refuses an entry without an owner, and a section that it does not know', () => {
  const withMetric = (entry: object) =>
    contractSchema.safeParse({ version: 1, project: 'p', metrics: { auc: entry } }).success
  const metric = { direction: 'higher', role: 'primary', threshold: 0.6, description: 'area' }
  expect(withMetric({ owner: 'model-requirements', ...metric })).toBe(true)
  expect(withMetric(metric)).toBe(false)
  expect(withMetric({ owner: '', ...metric })).toBe(false)
  expect(contractSchema.safeParse({ version: 1, project: 'p', colours: {} }).success).toBe(false)
})

it('of a platform names only deliverables that it has as owners, and columns that exist as inputs', async () => {
  const { contract, composition } = await platformOf({ example: 'churn-telecom', maturity: 5 })
  const { not_applicable: _, ...sections } = Object.fromEntries(
    CONTRACT_SECTIONS.map((section) => [section, contract[section]]),
  )
  const owners = Object.values(sections).flatMap((entries) => Object.values(entries).map(({ owner }) => owner))
  expect(owners.length).toBeGreaterThan(30)
  for (const owner of new Set(owners)) expect([...composition.baselines.keys()]).toContain(owner)
  const columns = new Set(Object.values(contract.datasets).flatMap((one) => one.columns.map(({ name }) => name)))
  for (const { inputs } of Object.values(contract.features)) for (const name of inputs) expect(columns).toContain(name)
})
