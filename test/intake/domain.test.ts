import { describe, expect, it } from 'vitest'
import { domainSchema } from '../../src/intake/domain.js'
import { chooseDomain } from '../../src/intake/requirements.js'
import { DOMAINS, domainNamed, read } from './given.js'

it('has one domain for each file, the generic one among them', () =>
  expect(DOMAINS.map(({ name }) => name)).toContain('generic'))

describe.each(DOMAINS.map((domain) => [domain.name, domain] as const))('%s', (_name, domain) => {
  it('has 8 to 12 columns and something that is missing at times', () => {
    expect(domain.columns.length).toBeGreaterThanOrEqual(8)
    expect(domain.columns.length).toBeLessThanOrEqual(12)
    expect(domain.columns.some(({ nullable }) => nullable)).toBe(true)
  })
  it('excludes only columns that it does not offer', () => {
    const names = new Set(domain.columns.map(({ name }) => name))
    for (const { column } of domain.leakage_excluded) expect(names).not.toContain(column)
  })
})

describe('domainSchema', () => {
  const broken = (change: (domain: ReturnType<typeof domainNamed>) => void): string => {
    const domain = structuredClone(domainNamed('subscriber-churn'))
    change(domain)
    return (
      domainSchema
        .safeParse(domain)
        .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
        .join('; ') ?? 'accepted'
    )
  }
  it('refuses what cannot make data', () => {
    expect(broken(() => undefined)).toBe('accepted')
    expect(
      broken((d) => {
        d.signal.lag = 'contract_type'
      }),
    ).toMatch(/signal\.lag: expected the name of a numeric measure/)
    expect(
      broken((d) => {
        d.signal.rule.column = 'nothing'
      }),
    ).toMatch(/signal\.rule\.column/)
    expect(
      broken((d) => {
        delete d.columns[0]?.maximum
      }),
    ).toMatch(/columns\.0: expected minimum, maximum and typical/)
    expect(
      broken((d) => {
        if (d.columns[0]) d.columns[0].typical = 9999
      }),
    ).toMatch(/columns\.0\.typical/)
    expect(
      broken((d) => {
        if (d.columns[8]) delete d.columns[8].values
      }),
    ).toMatch(/columns\.8\.values: expected the values/)
    expect(
      broken((d) => {
        if (d.columns[1] && d.columns[0]) d.columns[1].name = d.columns[0].name
      }),
    ).toMatch(/every column name once/)
  })
})

describe('chooseDomain', () => {
  it.each([
    ['mobile subscribers who churn', 'subscriber-churn'],
    ['loans that default', 'credit-default'],
    ['patients readmitted to hospital after discharge', 'patient-readmission'],
    ['patients who miss their appointment', 'appointment-no-show'],
    ['fraudulent insurance claims', 'payment-fraud'],
    ['pumps that fail, vibration sensors', 'equipment-failure'],
    ['sales leads that convert', 'lead-conversion'],
    ['employees who resign', 'employee-attrition'],
    ['vineyards with an early harvest', 'generic'],
    ['customers who answer our survey', 'generic'],
  ])('%j -> %s', (text, name) => expect(chooseDomain(read(text), DOMAINS).domain.name).toBe(name))
})
