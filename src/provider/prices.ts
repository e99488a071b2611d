// What tokens cost, from a dated file that a user may override. A price that nobody wrote down is unknown, and never 0.
import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { z } from 'zod'
import { DefinitionError } from '../errors.js'
import type { Usage } from './turn.js'

const rate = z.number().nonnegative()
const ratesShape = {
  input: rate,
  /** Absent: like input. */
  cacheRead: rate.optional(),
  cacheWrite: rate.optional(),
  output: rate,
}

const priceSchema = z.strictObject({
  ...ratesShape,
  /** Rates of a whole request whose input is longer than `over` tokens. */
  long: z.strictObject({ over: z.number().int().positive(), ...ratesShape }).optional(),
  date: z.iso.date(),
  page: z.url(),
})

const pricesSchema = z.strictObject({
  prices: z.record(z.string().regex(/^[a-z]+:\S+$/), priceSchema),
})

/** USD per million tokens of one model, and where and when that was read. */
export type Price = z.infer<typeof priceSchema>
/** By `vendor:id`. */
export type Prices = ReadonlyMap<string, Price>

/** `own` is the user's file: its entries replace ours one by one. */
export async function loadPrices(file: string, own?: string): Promise<Prices> {
  const ours = await readPrices(file)
  return own === undefined ? ours : new Map([...ours, ...(await readPrices(own))])
}

async function readPrices(file: string): Promise<Prices> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new DefinitionError('expected a file with prices; it cannot be read', { file })
  })
  return parsePrices(text, file)
}

export function parsePrices(text: string, file: string): Prices {
  let value: unknown
  try {
    value = load(text)
  } catch (error) {
    throw new DefinitionError(`not valid YAML: ${error instanceof Error ? error.message.split('\n')[0] : error}`, {
      file,
    })
  }
  const parsed = pricesSchema.safeParse(value)
  const issue = parsed.error?.issues[0]
  if (issue !== undefined) {
    const said = issue.code === 'invalid_key' ? 'expected a name like openai:gpt-6-sol' : issue.message
    throw new DefinitionError(`${issue.path.join(' ') || 'top level'}: ${said}`, { file })
  }
  return new Map(Object.entries(parsed.data?.prices ?? {}))
}

/** A dated version of a model (`…-2026-09-29`, `…-20260929`) costs what the model does. */
export function priceOf(name: string, prices: Prices): Price | undefined {
  return prices.get(name) ?? prices.get(name.replace(/-\d{4}-?\d\d-?\d\d$/, ''))
}

/** USD of what was really used. */
export function costOf(usage: Usage, price: Price): number {
  const { input, cacheRead, cacheWrite, output } = usage
  const rates = ratesFor(input + cacheRead + cacheWrite, price)
  const dollars =
    input * rates.input +
    cacheRead * (rates.cacheRead ?? rates.input) +
    cacheWrite * (rates.cacheWrite ?? rates.input) +
    output * rates.output
  return dollars / 1e6
}

/** The most USD that so many tokens can cost: none of them kept, or all of them written to be kept. */
export function mostOf(input: number, output: number, price: Price): number {
  const rates = ratesFor(input, price)
  return (input * dearest(rates) + output * rates.output) / 1e6
}

/** Tokens of output that `dollars` pay for beside the input. */
export function outputFor(dollars: number, input: number, price: Price): number {
  const rates = ratesFor(input, price)
  const left = dollars * 1e6 - input * dearest(rates)
  return rates.output === 0 ? Number.POSITIVE_INFINITY : Math.floor(left / rates.output)
}

type Rates = Pick<Price, 'input' | 'cacheRead' | 'cacheWrite' | 'output'>
const dearest = ({ input, cacheWrite = 0 }: Rates): number => Math.max(input, cacheWrite)
const ratesFor = (input: number, price: Price): Rates =>
  price.long !== undefined && input > price.long.over ? price.long : price
