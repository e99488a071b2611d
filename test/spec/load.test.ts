import { describe, expect, it } from 'vitest'
import { DefinitionError } from '../../src/errors.js'
import { loadContract, loadSpec } from '../../src/spec/load.js'
import { contractToYaml, specToYaml } from '../../src/spec/save.js'
import { sampleContract, sampleSpec } from './sample.js'

const yaml = specToYaml(sampleSpec())

const failure = (text: string): DefinitionError => {
  try {
    loadSpec(text, 'spec.yaml')
  } catch (error) {
    if (error instanceof DefinitionError) return error
    throw error
  }
  throw new Error('was accepted')
}

/** Line number (from 1) of the first line that contains the words. */
const lineOf = (text: string, words: string): number => text.split('\n').findIndex((line) => line.includes(words)) + 1

describe('loadSpec', () => {
  it('reads what was saved', () => expect(loadSpec(yaml, 'spec.yaml')).toEqual(sampleSpec()))

  it.each([
    [
      'an unknown value',
      ['origin: assumed\n    reason: usual\n  weekday', 'origin: guessed\n    reason: usual\n  weekday'],
      'origin: guessed',
      /schedule\.cadence\.origin: expected one of stated, assumed, edited, got "guessed"/,
    ],
    [
      'text for a number',
      ['value: 150', 'value: fast'],
      'value: fast',
      /serving\.latency_ms\.value: expected number, got "fast"/,
    ],
    [
      'a number that is too small',
      ['value: 150', 'value: -3'],
      'value: -3',
      /serving\.latency_ms\.value: expected more than 0, got -3/,
    ],
    [
      'a misspelt field',
      ['latency_percentile:', 'latency_percentil:'],
      'latency_percentil:',
      /serving\.latency_percentil: expected no field named latency_percentil; did you mean latency_percentile\?/,
    ],
    [
      'a time that is none',
      ['value: "06:00"', 'value: "6 am"'],
      '6 am',
      /schedule\.deadline\.value: expected .*got "6 am"/,
    ],
    [
      'a stated fact without its words',
      ['    quote: 150 ms\n', ''],
      '  latency_ms:',
      /serving\.latency_ms: .*quote and the requirement/,
    ],
    [
      'a column of an unknown role',
      ['role: attribute', 'role: helper'],
      'role: helper',
      /data\.columns\[4\]\.role: expected one of key, time/,
    ],
  ])('shows %s where it stands', (_what, [from = '', to = ''], mark, message) => {
    const text = yaml.replace(from, to)
    expect(text).not.toBe(yaml)
    const error = failure(text)
    expect(error.message).toMatch(message)
    expect(error.where.line).toBe(lineOf(text, mark))
    expect(error.message).toContain(`spec.yaml:${error.where.line}:${error.where.column}:`)
  })

  it.each([
    ['a column twice', ['name: monthly_charge', 'name: active_days'], /every column once, got "active_days" twice/],
    ['a source that is not listed', ['source: billing', 'source: biling'], /expected one of billing, got "biling"/],
    [
      'a key that is no column',
      ['key: customer_id', 'key: client_id'],
      /entity\.key: expected the name of a column with the role key/,
    ],
    ['a signal that is no column', ['lag: active_days', 'lag: active_dayz'], /data\.signal\.lag: .*got "active_dayz"/],
  ])('finds names that do not agree: %s', (_what, [from = '', to = ''], message) => {
    const error = failure(yaml.replace(from, to))
    expect(error.message).toMatch(message)
    expect(error.where.line).toBeGreaterThan(1)
  })

  it('counts the other mistakes', () =>
    expect(failure(yaml.replace('value: 150', 'value: fast').replace('value: 99', 'value: 101')).message).toMatch(
      /\(and 1 more\)/,
    ))

  it('shows a missing field at its parent', () => {
    const text = yaml.replace(/^ {2}throughput_rps:\n(?: {4}.*\n)+/m, '')
    const error = failure(text)
    expect(error.message).toMatch(/serving\.throughput_rps: expected object, got nothing/)
    expect(error.where.line).toBe(lineOf(text, 'serving:'))
  })

  it('shows broken YAML where it breaks', () => {
    expect(failure('version: 1\nname: [a\n').where.line).toBeGreaterThanOrEqual(2)
    expect(failure(`${yaml}\nname: again\n`).message).toMatch(/not valid YAML.*unique/)
    expect(failure('a: *nowhere\n').message).toMatch(/not valid YAML/)
  })

  it('takes a time without quotes as a person writes it', () => {
    expect(loadSpec(yaml.replace('value: "06:00"', 'value: 07:30'), 'spec.yaml').schedule?.deadline.value).toBe('07:30')
  })

  it('refuses an empty file', () => expect(failure('').message).toMatch(/the file: expected object/))
})

describe('loadContract', () => {
  it('reads what was saved', () =>
    expect(loadContract(contractToYaml(sampleContract()), 'contract.yaml')).toEqual(sampleContract()))
  it('wants an owner for every entry', () => {
    const text = contractToYaml(sampleContract()).replace('{owner: features, ', '{')
    expect(() => loadContract(text, 'contract.yaml')).toThrow(
      /contract\.yaml:\d+:\d+: features\.active_days_change\.owner: expected string, got nothing/,
    )
  })
})
