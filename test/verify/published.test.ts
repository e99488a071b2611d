import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue, publishedSchema } from '../../src/verify/published.js'

const VALIDATORS = join(import.meta.dirname, '../../validators')
const shipped = readdirSync(join(VALIDATORS, 'schemas'))

describe('the schemas that ship', () => {
  it('are all used, and all there', () => {
    const used = catalogue().published.flatMap((entry) => [entry.schema, ...entry.with])
    expect([...new Set(used)].map((name) => `${name}.schema.json`).sort()).toEqual([...shipped].sort())
    for (const name of used) expect(publishedSchema(name)).toBeTypeOf('object')
  })

  it('are all named in NOTICE, with a licence', () => {
    const notice = readFileSync(join(VALIDATORS, 'NOTICE'), 'utf8')
    expect(shipped.filter((name) => !notice.includes(name))).toEqual([])
    const entries = notice.split(/\n\n/).filter((entry) => entry.includes('.schema.json'))
    expect(entries.filter((entry) => !/Licence/.test(entry))).toEqual([])
  })

  it('carry no prose', () => {
    for (const name of shipped)
      expect(readFileSync(join(VALIDATORS, 'schemas', name), 'utf8')).not.toMatch(
        /"(description|title|\$comment|examples)": "/,
      )
  })

  it('throws for one that is missing, so that its check fails', () =>
    expect(() => publishedSchema('nowhere')).toThrow())
})
