import { describe, expect, it } from 'vitest'
import { readResidency, regionConflicts } from '../../src/intake/residency.js'
import { read } from './given.js'

const place = (text: string) => readResidency(read(text))?.place.name
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
    ['Data must never be stored in the United States, but stays in Ireland.', 'Ireland'],
  ])('%j', (text, expected) => expect(place(text)).toBe(expected))

  it.each([
    'Our shops in Paris sell data plans.',
    'Tell us which data stays.',
    'We are based in Berlin.',
    'hosting in eu-central-1',
    'Data must never be stored in the United States.',
  ])('%j binds nothing', (text) => expect(place(text)).toBeUndefined())
})

describe('regionConflicts', () => {
  const conflicts = (text: string) => {
    const reading = read(text)
    return regionConflicts(reading, readResidency(reading), 'aws').map(({ field, taken, statements }) => ({
      field,
      taken,
      said: statements.map(({ start, end }) => text.slice(start, end)),
    }))
  }

  it.each([
    ['Data must not leave the EU. All runs in us-east-1.', 'eu-central-1', ['the EU', 'us-east-1']],
    ['All runs in eu-west-1. Data stays in Germany.', 'eu-central-1', ['Germany', 'eu-west-1']],
    [
      'Data must stay in Frankfurt. All data must remain in the United States.',
      'eu-central-1',
      ['Frankfurt', 'United States'],
    ],
    ['We run in eu-west-1. Everything is deployed to us-east-2.', 'eu-west-1', ['eu-west-1', 'us-east-2']],
  ])('%j', (text, taken, said) => {
    expect(conflicts(text)).toEqual([{ field: 'compliance.region', taken, said }])
  })

  it.each([
    'Data must not leave the EU. All runs in eu-west-1.',
    'Data must stay in the EU. Servers are hosted in Frankfurt.',
    'Data stays in Frankfurt, in eu-central-1. Backups are stored in eu-west-1.',
    'Data stays in Frankfurt. Our shops are in Ohio.',
    'Data must never be stored in the United States. Everything remains in Ireland.',
    'Data stays in Germany, not in us-east-1.',
  ])('%j agrees', (text) => expect(conflicts(text)).toEqual([]))
})
