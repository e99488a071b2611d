import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findAll, normalise, quoteOf, readText, stated } from '../../src/intake/reading.js'

const sentences = (text: string): string[] => {
  const reading = readText(text)
  return reading.sentences.map((one) => quoteOf(reading, one))
}

describe('normalise', () => {
  it('is as long as the text, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(normalise(text)).toHaveLength(text.length)
      }),
    )
  })
  it('folds case, accents, quotes, dashes and blanks', () =>
    expect(normalise('Kündigung “Días” –\u00a0İ')).toBe('kundigung "dias" - i'))
})

describe('a table', () => {
  const text = '| field | value |\n|---|:--|\n| horizon | 14 days |\n| data | SAP, CSV |'

  it('is read row by row as a name and its value; the words stay as they were written', () => {
    const reading = readText(text)
    expect(reading.text).toBe(text)
    expect(reading.norm).toHaveLength(text.length)
    expect(reading.sentences.map(({ start, end }) => text.slice(start, end))).toEqual([
      'field | value',
      'horizon | 14 days',
      'data | SAP, CSV',
    ])
    expect(reading.sentences.map(({ start, end }) => reading.norm.slice(start, end))).toEqual([
      'field : value',
      'horizon : 14 days',
      'data : sap, csv',
    ])
  })

  it('is not seen in a bar between words', () => {
    const plain = 'Predict churn | cancel for users.'
    expect(readText(plain).norm).toBe(plain.toLowerCase())
  })
})

describe('readText', () => {
  it.each([
    ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
    ['We have 2.4 million rows. Data in S3.', ['We have 2.4 million rows.', 'Data in S3.']],
    ['Etwa 2,4 Mio. Kunden, z.B. in Bonn. Mehr nicht.', ['Etwa 2,4 Mio. Kunden, z.B. in Bonn.', 'Mehr nicht.']],
    ['predict churn. data in s3', ['predict churn.', 'data in s3']],
    ['a line\nthat goes on. End', ['a line\nthat goes on.', 'End']],
    ['# Title\n\n- first point\n- second\n2) third', ['Title', 'first point', 'second', 'third']],
    ['Data: in S3\nUse: a list', ['Data: in S3', 'Use: a list']],
    ['預測流失。資料在S3。', ['預測流失。', '資料在S3。']],
  ])('splits %j', (text, expected) => expect(sentences(text)).toEqual(expected))

  it('numbers sentences and never needs a fourth digit', () => {
    expect(readText('A b. C d.').sentences.map(({ id }) => id)).toEqual(['REQ-001', 'REQ-002'])
    const many = readText('Go now. '.repeat(2500)).sentences
    expect(many.length).toBeLessThanOrEqual(999)
    expect(many.at(-1)?.id).toMatch(/^REQ-\d{3}$/)
  })

  it('loses no word', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('ab', 'S3.', 'e.g.', '2.4', '\n- ', 'x!', '“q”', 'Key:', '\n')), (parts) => {
        const text = parts.join(' ')
        const kept = sentences(text).join(' ')
        for (const word of text.match(/[a-z0-9]{2,}/gi) ?? []) expect(kept).toContain(word)
      }),
    )
  })
})

it('quotes the words as they were written', () => {
  const reading = readText('Data stay in MÜNCHEN. Yes.')
  const [match] = findAll(reading, /munchen/)
  expect(match && stated(reading, match, 'Germany')).toEqual({
    value: 'Germany',
    origin: 'stated',
    quote: 'MÜNCHEN',
    req: 'REQ-001',
  })
})
