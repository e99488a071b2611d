import { describe, expect, it } from 'vitest'
import { EXIT, systemError } from '../src/errors.js'

const refused = (code: string) => Object.assign(new Error(`${code}: write`), { code })

describe('systemError', () => {
  it.each([
    ['ENOSPC', /ENOSPC: write: the disk is full; free some space and run the command again/],
    ['EROFS', /read-only; make it writable or choose another --workspace/],
    ['EACCES', /permission is missing/],
  ])('says what %s means and what to do, with exit code 2', (code, message) => {
    expect(systemError(refused(code))?.message).toMatch(message)
    expect(systemError(refused(code))?.exitCode).toBe(EXIT.usage)
  })

  it('leaves bugs alone', () => {
    expect(systemError(new TypeError('x is not a function'))).toBeUndefined()
    expect(systemError(refused('ERR_INVALID_ARG_TYPE'))).toBeUndefined()
    expect(systemError('text')).toBeUndefined()
  })
})
