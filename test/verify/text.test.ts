import { describe, expect, it } from 'vitest'
import { textCheck } from '../../src/verify/text.js'
import { emitted, lines } from './emitted.js'

const failures = async (content: string) => lines(await textCheck.run([emitted('a.py', content)], []))

describe('text/plain', () => {
  it('accepts ordinary text', async () =>
    expect(await failures('x = "conf/dev.yaml"\nurl = "https://host/home/x"\n')).toEqual([]))
  it.each([
    ['a carriage return', 'a\r\nb\n', 1],
    ['a NUL byte', 'a\n\0\n', 2],
    ['a conflict marker', 'a\n<<<<<<< HEAD\n', 2],
    ['unfinished work', 'a = 1\n# TODO later\n', 2],
    ['a path of one machine', 'a = 1\np = "/home/me/data"\n', 2],
    ['no newline at the end', 'a = 1', 1],
  ])('finds %s', async (_, content, line) =>
    expect(await failures(content)).toEqual([expect.stringContaining(`a.py:${line} `)]),
  )
})
