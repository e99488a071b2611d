import { describe, expect, it } from 'vitest'
import { readServing } from '../../src/intake/serving.js'
import { read } from './given.js'

const serving = (text: string) => readServing(read(text))

describe('latency', () => {
  it.each([
    ['answers within 150 ms at the 99th percentile', 150, 99],
    ['p95 under 0.15 s', 150, 95],
    ['a response in 150 milliseconds for 99 % of requests', 150, 99],
    ['must answer in under half a second', 500, 99],
    ['p99.9 latency of 80ms', 80, 99.9],
    ['Antwort in 200 Millisekunden, 95. Perzentil', 200, 95],
    ['responda en menos de 200 ms', 200, 99],
    ['median 20 ms and p99 120 ms, API', 120, 99],
  ])('%j', (text, milliseconds, percentile) => {
    const found = serving(text).serving
    expect([found.latency_ms.value, found.latency_percentile.value]).toEqual([milliseconds, percentile])
  })

  it.each(['one photo every two seconds per line', '10 seconds of video', 'a list every Monday', '99 % availability'])(
    '%j bounds no answer',
    (text) => expect(serving(text).latency).toBeUndefined(),
  )

  it('takes the stricter of two bounds and reports them', () => {
    const found = serving('The API answers within 100 ms. The kiosk API responds within 250 ms.')
    expect(found.serving.latency_ms.value).toBe(100)
    expect(found.conflicts).toMatchObject([
      { field: 'serving.latency_ms', taken: 100, statements: [{ value: 100 }, { value: 250 }] },
    ])
  })

  it.each([
    'The API answers within 100 ms. If it takes more than 2 seconds, show the old score.',
    'The API answers within 100 ms. The nightly run ends within 40 seconds.',
    'The API answers within 100 ms at the 99th percentile, median 20 ms.',
  ])('one bound, no contradiction: %s', (text) => {
    const found = serving(text)
    expect(found.serving.latency_ms.value).toBe(100)
    expect(found.conflicts).toEqual([])
  })
})

describe('throughput', () => {
  it('provides for the peak, and for the highest of rates that disagree', () => {
    const peak = serving('20 requests per second on average and up to 200 requests per second at peaks')
    expect([peak.throughput.value, peak.conflicts]).toEqual([200, []])
    const two = serving('The API takes 20 requests per second. It must take 500 requests per second.')
    expect(two.throughput.value).toBe(500)
    expect(two.conflicts).toMatchObject([{ field: 'serving.throughput_rps', taken: 500 }])
  })

  it.each([
    ['60 requests per second', 60],
    ['12 req/s at peak', 12],
    ['1,500 transactions per second', 1500],
    ['300 calls a minute', 5],
    ['250 rps', 250],
    ['864,000 predictions a day', 100],
    ['60 Anfragen pro Sekunde', 60],
    ['60 peticiones por segundo', 60],
  ])('%j is %d per second', (text, rate) =>
    expect(serving(text).serving.throughput_rps).toMatchObject({ value: rate, origin: 'stated' }),
  )
})
