import { describe, expect, it } from 'vitest'
import { readCompliance, readProtected } from '../../src/intake/compliance.js'
import { readResidency } from '../../src/intake/residency.js'
import { domainNamed, read } from './given.js'

const credit = domainNamed('credit-default')
const compliance = (text: string, cloud = 'aws') => {
  const reading = read(text)
  return readCompliance(reading, {
    residency: readResidency(reading),
    attributes: { value: [], origin: 'assumed', reason: '-' },
    cloud,
    entity: 'machine',
    domain: domainNamed('equipment-failure'),
  })
}

describe('region', () => {
  it('gives the region of the chosen cloud, and says where it lies outside', () => {
    expect(compliance('Data stays in Frankfurt').compliance.region.value).toBe('eu-central-1')
    expect(compliance('Data stays in Frankfurt', 'gcp').compliance.region.value).toBe('europe-west3')
    expect(compliance('Data stays in Frankfurt').outside).toBeUndefined()
    expect(compliance('Data stays in Poland').outside).toMatch(/no region in Warsaw/)
    expect(compliance('Data stays in Poland', 'azure').outside).toBeUndefined()
  })

  it('takes a named region, unless it lies outside the place that data are bound to', () => {
    expect(compliance('Everything runs in eu-west-1.').compliance.region.value).toBe('eu-west-1')
    const found = compliance('Data must not leave Germany. Everything runs in us-east-1.')
    expect(found.compliance.region).toMatchObject({ value: 'eu-central-1', quote: 'Germany' })
    expect(found.conflicts).toMatchObject([{ field: 'compliance.region', taken: 'eu-central-1' }])
  })
})

describe('law and retention', () => {
  it('lists the laws that apply', () => {
    expect(compliance('ECOA and GDPR apply, HIPAA does not apply.').compliance.regulation.value).toEqual([
      'ECOA',
      'GDPR',
    ])
    expect(compliance('Das Ganze fällt unter die DSGVO.').compliance.regulation).toMatchObject({
      value: ['GDPR'],
      quote: 'DSGVO',
    })
  })
  it('reads how long data are kept', () => {
    expect(compliance('Records are deleted after seven years.').compliance.retention_days.value).toBe(2555)
    expect(compliance('Which machine fails in 30 days?').compliance.retention_days.origin).toBe('assumed')
  })
  it('knows when data are about persons', () => {
    expect(compliance('machines').compliance.personal_data.value).toBe(false)
    expect(compliance('GDPR applies').compliance.personal_data.value).toBe(true)
    expect(compliance('There is no personal data.').compliance.personal_data).toMatchObject({
      value: false,
      origin: 'stated',
    })
  })
})

describe('personal data', () => {
  it('that do not leave a place do exist', () => {
    const found = compliance('No personal data leaves Frankfurt.')
    expect(found.compliance.personal_data.value).toBe(true)
    expect(found.conflicts).toEqual([])
  })

  it('are a contradiction where the text both denies and has them', () => {
    expect(compliance('There is no personal data. Personal data are deleted.').conflicts).toMatchObject([
      { field: 'compliance.personal_data', taken: true, statements: [{ value: false }, { value: true }] },
    ])
    expect(compliance('GDPR applies to us, but there is no personal data.').conflicts).toEqual([])
  })
})

describe('readProtected', () => {
  it('marks named attributes and adds missing ones', () => {
    const found = readProtected(read('Religion, race and age are protected.'), credit.columns)
    expect(found.attributes.value).toEqual(expect.arrayContaining(['age', 'religion', 'ethnicity', 'sex']))
    expect(found.columns.filter(({ role }) => role === 'protected').map(({ name }) => name)).toEqual(
      expect.arrayContaining(found.attributes.value),
    )
  })
  it.each([
    'age must not influence the score',
    'women and men must be treated alike',
    'keine Diskriminierung nach Geschlecht',
  ])('%j protects', (text) => expect(readProtected(read(text), []).attributes.origin).toBe('stated'))
  it('does not take any mention of age for protection', () =>
    expect(readProtected(read('The age of the account is a column.'), []).attributes.value).toEqual([]))
})
