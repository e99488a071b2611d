import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DefinitionError } from '../../src/errors.js'
import { costOf, loadPrices, mostOf, outputFor, parsePrices, priceOf } from '../../src/provider/prices.js'
import { temporaryFolder } from '../temporary.js'

const FILE = join(import.meta.dirname, '../../workflows/prices.yaml')
const million = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }

describe('the prices that ship', async () => {
  const prices = await loadPrices(FILE)
  it.each([...prices])('are dated and plausible: %s', (_, price) => {
    expect(Date.parse(price.date)).toBeLessThanOrEqual(Date.parse('2026-11-21'))
    expect(price.output).toBeGreaterThan(price.input)
    expect(price.cacheRead ?? price.input).toBeLessThanOrEqual(price.input)
    expect(price.cacheWrite ?? price.input).toBeGreaterThanOrEqual(price.input)
    if (price.long !== undefined) expect(price.long.input).toBeGreaterThan(price.input)
  })
  it('are found for a dated version too, and for nothing that is not there', () => {
    expect(priceOf('anthropic:claude-haiku-4-5-20251001', prices)).toBe(prices.get('anthropic:claude-haiku-4-5'))
    expect(priceOf('openai:gpt-6.1-sol-2026-09-29', prices)).toBe(prices.get('openai:gpt-6.1-sol'))
    expect(priceOf('anthropic:claude-haiku-4', prices)).toBeUndefined()
    expect(priceOf('compatible:gpt-6-sol', prices)).toBeUndefined()
  })
  it('give the cost of what was used, kept parts apart', () => {
    const opus = prices.get('anthropic:claude-opus-5-5')
    if (opus === undefined) throw new Error('expected a price')
    expect(costOf({ ...million, input: 1e6 }, opus)).toBe(opus.input)
    expect(costOf({ ...million, cacheRead: 1e6 }, opus)).toBe(opus.cacheRead)
    expect(costOf({ ...million, cacheWrite: 1e6 }, opus)).toBe(opus.cacheWrite)
    expect(costOf({ ...million, output: 1e6 }, opus)).toBe(opus.output)
    expect(mostOf(1e6, 1e6, opus)).toBe((opus.cacheWrite ?? 0) + opus.output)
    expect(outputFor(mostOf(5000, 700, opus), 5000, opus)).toBe(700)
  })
  it('count a whole long request at its rates, kept input included', () => {
    const haiku = prices.get('anthropic:claude-haiku-5-5')
    if (haiku?.long === undefined) throw new Error('expected rates for long requests')
    const usage = { input: 1000, cacheRead: 99_000, cacheWrite: 0, output: 1e6 }
    expect(costOf(usage, haiku)).toBeCloseTo(
      haiku.output + (1000 * haiku.input + 99_000 * (haiku.cacheRead ?? 0)) / 1e6,
      9,
    )
    expect(costOf({ ...usage, input: 1001 }, haiku)).toBeGreaterThan(haiku.long.output)
    expect(mostOf(100_001, 1e6, haiku)).toBeGreaterThan(haiku.long.output)
  })
})

describe("a user's own prices", () => {
  it('replace ours entry by entry', async () => {
    const own = join(temporaryFolder('prices'), 'own.yaml')
    const entry = '{ input: 9, output: 9, date: 2026-11-20, page: "http://127.0.0.1/" }'
    writeFileSync(own, `prices:\n  anthropic:claude-opus-5-5: ${entry}\n  compatible:qwen3:8b: ${entry}\n`)
    const prices = await loadPrices(FILE, own)
    expect(prices.get('anthropic:claude-opus-5-5')?.input).toBe(9)
    expect(prices.get('compatible:qwen3:8b')?.output).toBe(9)
    expect(prices.get('anthropic:claude-opus-5')?.input).toBe(5)
  })
  it.each([
    ['prices: {a:b: {input: 1}}', /YAML|output/],
    ['prices:\n  x: { input: 1, output: 1, date: 2026-01-01, page: "http://a/" }', /prices x: expected a name like/],
    ['prices:\n  a:b: { input: -1, output: 1, date: 2026-01-01, page: "http://a/" }', /prices a:b input/],
    ['prices:\n  a:b: { input: 1, output: 1, page: "http://a/" }', /prices a:b date/],
    ['prices:\n  a:b: { input: 1, ouput: 1, date: 2026-01-01, page: "http://a/" }', /output/],
    ['[]', /top level/],
    ['', /YAML/],
  ])('are refused where they are wrong: %j', (text, message) => {
    expect(() => parsePrices(text, 'own.yaml')).toThrow(DefinitionError)
    expect(() => parsePrices(text, 'own.yaml')).toThrow(message)
  })
  it('are missed by name', async () => {
    await expect(loadPrices(FILE, '/nowhere/own.yaml')).rejects.toThrow(/own\.yaml.*cannot be read/)
  })
})
