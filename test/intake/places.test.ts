import { expect, it } from 'vitest'
import { agree, PLACES, type Place, regionAgrees, regionOf } from '../../src/intake/places.js'

it('has legal regions, real time zones and every word once', () => {
  const words = PLACES.flatMap((place) => place.words)
  expect(new Set(words).size).toBe(words.length)
  for (const place of PLACES) {
    expect(regionOf(place, 'aws').region).toMatch(/^[a-z]{2}-(?:[a-z]+)-\d$/)
    expect(regionOf(place, 'azure').region).toMatch(/^[a-z]+\d?$/)
    expect(regionOf(place, 'gcp').region).toMatch(/^[a-z]+-[a-z]+\d+$/)
    expect(() => new Intl.DateTimeFormat('en', { timeZone: place.timezone })).not.toThrow()
  }
})

it('says whether the region lies in the place', () => {
  const of = (name: string) => PLACES.find((place) => place.name === name)
  expect(regionOf(of('Frankfurt'), 'aws')).toEqual({ region: 'eu-central-1', inside: true })
  expect(regionOf(of('Warsaw'), 'aws').inside).toBe(false)
  expect(regionOf(undefined, 'aws').inside).toBe(true)
})

const named = (name: string): Place => {
  const place = PLACES.find((one) => one.name === name)
  if (!place) throw new Error(`no place ${name}`)
  return place
}

it.each([
  ['Frankfurt', 'Germany', true],
  ['Frankfurt', 'the European Union', true],
  ['the United States', 'Ohio', true],
  ['Frankfurt', 'Ireland', false],
  ['London', 'the European Union', false],
  ['Zurich', 'the European Union', false],
])('%s and %s agree: %s', (a, b, expected) => {
  expect(agree(named(a), named(b))).toBe(expected)
  expect(agree(named(b), named(a))).toBe(expected)
})

it('knows in which places a region lies; one that it does not know is not judged', () => {
  expect(regionAgrees('eu-central-1', named('Germany'))).toBe(true)
  expect(regionAgrees('eu-central-1', named('the European Union'))).toBe(true)
  expect(regionAgrees('us-east-1', named('the European Union'))).toBe(false)
  expect(regionAgrees('eu-west-2', named('the European Union'))).toBe(false)
  expect(regionAgrees('us-gov-west-1', named('Germany'))).toBe(true)
})
