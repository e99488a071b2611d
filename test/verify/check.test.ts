import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Check, nothingBeside, runChecks, untouched, verdicts } from '../../src/verify/check.js'
import { emitted, lines } from './emitted.js'

const check = (run: Check['run']): Check => ({ name: 'python/x', level: 'L1', kinds: ['python'], run })
const say = verdicts({ name: 'python/x', level: 'L1' }, { tool: 't', version: '1' })
const files = [emitted('a.py', ''), emitted('b.py', ''), emitted('c.yaml', '')]

describe('runChecks', () => {
  it('turns a crash into a failure of every file of the kind', async () => {
    const crash = check(async () => {
      throw new Error('out of memory')
    })
    expect(lines(await runChecks(files, [crash]))).toEqual([
      'python/x a.py the check python/x itself failed: out of memory',
      'python/x b.py the check python/x itself failed: out of memory',
    ])
  })

  it('fails a file that the check forgot', async () => {
    const results = await runChecks(files, [check(async (own) => own.slice(0, 1).map((file) => say.pass(file)))])
    expect(lines(results)).toEqual(['python/x b.py the check python/x gave no verdict on this file'])
  })

  it('hands a check the files of its kinds only, and everything as context', async () => {
    const seen: string[] = []
    await runChecks(files, [
      check(async (own, project) => {
        seen.push(own.map((f) => f.path).join(), project.map((f) => f.path).join())
        return own.map((file) => say.pass(file))
      }),
    ])
    expect(seen).toEqual(['a.py,b.py', 'a.py,b.py,c.yaml'])
  })

  it('says "not run" about a file that no check knows', async () => {
    expect(lines(await runChecks([emitted('q.sql', 'select 1;\n')], []), 'not run')).toEqual([
      'kind/known q.sql no check exists for files like q.sql',
    ])
  })

  it('begins what needs memory when the other thread has ended, and works at the rest meanwhile', async () => {
    const seen: string[] = []
    const named = (name: string, more: Partial<Check> = {}): Check => ({
      ...check(async (own) => {
        seen.push(`${name} begins`)
        await wait(more.elsewhere === true ? 30 : 0)
        seen.push(`${name} ends`)
        return own.map((file) => say.pass(file))
      }),
      name,
      ...more,
    })
    const checks = [named('large', { last: true }), named('here'), named('there', { elsewhere: true })]
    const meanwhile = async () => seen.push('names')
    await runChecks(files, checks, files, { release: async () => void seen.push('released'), meanwhile })
    expect(seen.slice(0, 4)).toEqual(['there begins', 'here begins', 'here ends', 'names'])
    expect(seen.slice(4)).toEqual(['there ends', 'large begins', 'released', 'large ends'])
  })

  it('hears of memory that could not be given back', async () => {
    const late = { ...check(async (own) => own.map((file) => say.pass(file))), last: true }
    const release = async () => {
      throw new Error('the thread does not end')
    }
    await expect(runChecks(files, [late], files, { release, meanwhile: () => wait(20) })).rejects.toThrow(
      'does not end',
    )
  })

  it('never gives a version to what did not run', () => {
    expect(say.notRun(emitted('a.py', ''), 'missing').version).toBe('')
  })
})

describe('untouched', () => {
  const about = (kinds: Check['kinds'], beside?: Check['beside']): Check => ({
    ...check(async () => []),
    kinds,
    ...(beside === undefined ? {} : { beside }),
  })
  const left = (checks: readonly Check[], changed: string) =>
    untouched(files, checks, files, new Set([changed])).map(({ path }) => path)

  it('leaves alone what is judged by itself and was not changed', () => {
    expect(left([about(['python', 'yaml'], nothingBeside)], 'a.py')).toEqual(['b.py', 'c.yaml'])
  })

  it('takes in every file of a check that looks at what was changed', () => {
    const settings = about(['python'], (project) => project.filter(({ path }) => path === 'c.yaml'))
    expect(left([settings, about(['yaml'], nothingBeside)], 'c.yaml')).toEqual([])
    expect(left([settings], 'a.py')).toEqual(['b.py', 'c.yaml'])
    expect(left([about(['python'])], 'c.yaml')).toEqual([])
  })
})
