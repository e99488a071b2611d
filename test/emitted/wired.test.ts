// The real platforms under the product's own checks.
import { describe, expect, it } from 'vitest'
import { checkFiles } from '../../src/verify/in-process.js'
import { checkSeams } from '../../src/verify/seams.js'
import { checkWired } from '../../src/verify/wired.js'
import { lines } from '../verify/emitted.js'
import { EXAMPLES, filesOf, platformOf } from './platforms.js'

describe.each(EXAMPLES)('%s', (example) => {
  it('passes every in-process check', { timeout: 120_000 }, async () => {
    const platform = await platformOf({ example, maturity: 5 })
    const files = filesOf(platform)
    const results = [
      ...(await checkFiles(files)),
      ...(await checkSeams(files, platform.contract)),
      ...(await checkWired(files, platform.contract)),
    ]
    expect(lines(results)).toEqual([])
    expect(lines(results, 'not run')).toEqual([])
    expect(new Set(results.flatMap(({ file }) => file ?? [])).size).toBe(files.length)
  })
})
