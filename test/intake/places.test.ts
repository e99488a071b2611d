import { expect, it } from 'vitest'
import { PLACES, regionOf } from '../../src/intake/places.js'

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
