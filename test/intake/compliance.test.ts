import { describe, expect, it } from 'vitest'
import { readCompliance, readProtected, readResidency } from '../../src/intake/compliance.js'
import { domainNamed, read } from './given.js'

const credit = domainNamed('credit-default')
const place = (text: string) => readResidency(read(text))?.place.name
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

describe('residency', () => {
  it.each([
    ['Personal data stays in Frankfurt.', 'Frankfurt'],
    ['Data must not leave Germany', 'Germany'],
    ['All records must remain in Canada.', 'Canada'],
    ['Die Daten müssen in Deutschland bleiben.', 'Germany'],
    ['Los datos deben permanecer en España', 'Madrid'],
    ['Hosting must stay inside the EU', 'the European Union'],
    ['Data stays in the EU, in Dublin', 'Ireland'],
    ['All data in London.', 'London'],
    ['Patient data may not leave the US.', 'the United States'],
  ])('%j', (text, expected) => expect(place(text)).toBe(expected))

  it.each([
    'Our shops in Paris sell data plans.',
    'Tell us which data stays.',
    'We are based in Berlin.',
    'hosting in eu-central-1',
  ])('%j binds nothing', (text) => expect(place(text)).toBeUndefined())

  it('gives the region of the chosen cloud, and says where it lies outside', () => {
    expect(compliance('Data stays in Frankfurt').compliance.region.value).toBe('eu-central-1')
    expect(compliance('Data stays in Frankfurt', 'gcp').compliance.region.value).toBe('europe-west3')
    expect(compliance('Data stays in Frankfurt').outside).toBeUndefined()
    expect(compliance('Data stays in Poland').outside).toMatch(/no region in Warsaw/)
    expect(compliance('Data stays in Poland', 'azure').outside).toBeUndefined()
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
