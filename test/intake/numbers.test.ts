import { describe, expect, it } from 'vitest'
import { findDurations, findQuantities, findShares } from '../../src/intake/numbers.js'
import { quoteOf } from '../../src/intake/reading.js'
import { read } from './given.js'

describe('findQuantities', () => {
  it.each([
    ['2.4 million users', [2_400_000]],
    ['2,4 Mio Kunden', [2_400_000]],
    ['2,4 Mio. Kunden', [2_400_000]],
    ['1.2M donors', [1_200_000]],
    ['80k customers', [80_000]],
    ['40,000 titles', [40_000]],
    ['40.000 Kunden', [40_000]],
    ['1 200 000 rows', [1_200_000]],
    ["1'200'000 rows", [1_200_000]],
    ['1.234.567,5 EUR', [1_234_567.5]],
    ['1,234,567.5 USD', [1_234_567.5]],
    ['0.150 s', [0.15]],
    ['0,15 s', [0.15]],
    ['a ratio of 0.125', [0.125]],
    ['1.500 s', [1.5]],
    ['11 lakh rows', [1_100_000]],
    ['half a million', [500_000]],
    ['two hundred shops', [200]],
    ['twenty-five requests', [25]],
    ['three thousand', [3000]],
    ['a dozen', [12]],
    ['two and a half million', [2_500_000]],
    ['a quarter of a second', [0.25]],
    ['a quarter of a year', []],
    ['zweihundert Millisekunden', [200]],
    ['ten and two', [10, 2]],
    ['zwei Millionen', [2_000_000]],
    ['dos millones', [2_000_000]],
    ['tausend', []],
    ['p99 of S3 and B2B on x86', []],
    ['between 5 and 10', [5, 10]],
    ['version 1.2.3', [123]],
  ])('%j gives %j', (text, expected) => expect(findQuantities(read(text)).map(({ value }) => value)).toEqual(expected))

  it('spans exactly the number', () => {
    const reading = read('about 2.4 million mobile users')
    expect(findQuantities(reading).map((one) => quoteOf(reading, one))).toEqual(['2.4 million'])
  })
})

describe('findDurations', () => {
  it.each([
    ['within 30 days', [30]],
    ['two weeks', [14]],
    ['3 months', [91]],
    ['12 months', [365]],
    ['one month', [30]],
    ['5 years', [1825]],
    ['48 hours', [2]],
    ['30-day', [30]],
    ['14 Tagen', [14]],
    ['60 días', [60]],
    ['two quarters', [183]],
    ['5 dayspring', []],
  ])('%j is %j days', (text, expected) => expect(findDurations(read(text)).map(({ days }) => days)).toEqual(expected))
})

describe('findShares', () => {
  it.each([
    ['3 %', [0.03]],
    ['2,5 Prozent', [0.025]],
    ['7.5 percent', [0.075]],
    ['one in fifty', [0.02]],
    ['1 in 200', [0.005]],
    ['120 of 600 patients', [0.2]],
    ['5 out of 1000', [0.005]],
    ['about a third are cancelled', [0.3333]],
    ['within a quarter', []],
    ['600 of 120', []],
    ['100 %', []],
  ])('%j is %j', (text, expected) =>
    expect(findShares(read(text)).map(({ share }) => Number(share.toPrecision(4)))).toEqual(expected),
  )
})
