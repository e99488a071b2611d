// Tools as a model sees them: plain schemas, bounded answers, nothing beyond the texts that were handed in.
import { describe, expect, it } from 'vitest'
import { answerCall, type Call, readCall, TOOL_NAMES } from '../../src/agent/tools.js'
import { say, tools } from './texts.js'

const files = new Map([
  ['src/a.py', 'import os\nname = 1\n'],
  ['src/deep/b.py', 'name = 2\n'],
  ['srcs/c.py', 'NAME\n'],
  ['long.txt', `${'y'.repeat(70_000)}\nend\n`],
  ['empty.txt', ''],
  ['lines.txt', `${'z'.repeat(99)}\n`.repeat(1000)],
])
const desk = { files: () => files, mark: 'k1', say, check: async () => ({ files: 0, failures: [] }) }
function ask(name: string, input: object): Promise<string> {
  const read = readCall(name, JSON.stringify(input))
  if (!('call' in read) || read.call.tool === 'submit') throw new Error(JSON.stringify(read))
  return answerCall(read.call, desk)
}

describe('the schemas', () => {
  it('are strict objects in which everything is required, as the strictest vendor wants them', () => {
    const visit = (schema: unknown, at: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      const { type, properties, required, additionalProperties, ...rest } = schema as Record<string, unknown>
      if (type === 'object') {
        expect(additionalProperties, at).toBe(false)
        expect(required ?? [], at).toEqual(Object.keys(properties ?? {}))
      }
      for (const keyword of ['minLength', 'maxLength', 'maxItems', 'pattern', 'default', 'oneOf', '$schema', '$ref'])
        expect(rest, at).not.toHaveProperty(keyword)
      for (const [key, value] of Object.entries({ ...(properties ?? {}), ...rest })) visit(value, `${at}.${key}`)
    }
    expect(tools.map(({ name }) => name)).toEqual(TOOL_NAMES)
    for (const { name, schema, description } of tools) {
      visit(schema, name)
      expect(description.length).toBeGreaterThan(100)
    }
  })
  it('describe each field of the submission in words', () => {
    const submit = tools.find(({ name }) => name === 'submit')
    for (const field of [
      'summary',
      'decisions',
      'assumptions',
      'covers',
      'contract',
      'remove',
      'entry',
      'value',
      'reason',
    ])
      expect(submit?.description).toContain(`\`${field}\``)
  })
})

describe('a call', () => {
  it('may leave out what may be null', () => {
    const call: Call = { tool: 'list_files', given: { folder: null } }
    expect(readCall('list_files', '{}')).toEqual({ call })
    expect(readCall('list_files', '')).toEqual({ call })
  })
  it.each([
    ['nothing', '{}', /no tool of this name/],
    ['check', '{"a": 1', /not JSON/],
    ['check', '{"command": "rm"}', /Unrecognized key/],
    ['check', '"check"', /input: Invalid input/],
    ['read_files', '{"paths": [1]}', /paths\.0: Invalid input: expected string/],
    ['read_files', '{}', /paths: Invalid input/],
    ['submit', '{"summary": ""}', /summary: expected some text/],
    ['constructor', '{}', /no tool/],
    ['check', '{"__proto__": {"a": 1}}', /Unrecognized key/],
  ])('of %s with %s is refused', (name, input, reason) => {
    const read = readCall(name, input)
    expect('issues' in read ? read.issues.join('\n') : '').toMatch(reason)
  })
})

describe('the reading tools', () => {
  it('list by folder, whole names only', async () => {
    expect(await ask('list_files', { folder: 'src' })).toBe('src/a.py (2 lines)\nsrc/deep/b.py (1 lines)')
    expect(await ask('list_files', { folder: './src/deep/' })).toBe('src/deep/b.py (1 lines)')
    expect(await ask('list_files', { folder: '..' })).toBe('There are no generated files here.')
    expect((await ask('list_files', { folder: '.' })).split('\n')).toHaveLength(6)
  })
  it('find text as it is written, not as a pattern', async () => {
    expect(await ask('search_files', { text: 'name =', folder: null })).toBe(
      'src/a.py:2: name = 1\nsrc/deep/b.py:1: name = 2',
    )
    expect(await ask('search_files', { text: 'n.me', folder: null })).toMatch(/^No line/)
    expect(await ask('search_files', { text: '', folder: null })).toMatch(/^No line/)
  })
  it('say what they cut', async () => {
    const found = await ask('search_files', { text: 'z', folder: null })
    expect(found).toContain('… and 900 more lines, in 1 files altogether')
    expect(found.length).toBeLessThan(25_000)
  })
  it('read texts between tags that carry the mark', async () => {
    expect(await ask('read_files', { paths: ['src/a.py', 'no.py', '/etc/passwd'] })).toBe(
      '<text-k1 path="src/a.py" lines="1-2 of 2">\nimport os\nname = 1\n</text-k1>\nThere is no generated file no.py.\nThere is no generated file /etc/passwd.',
    )
  })
  it('read long files piece by piece', async () => {
    const first = await ask('read_files', { paths: ['lines.txt', 'src/a.py'] })
    const to = Number(/lines="1-(\d+) of 1000"/.exec(first)?.[1])
    expect(to).toBe(400)
    expect(first).toContain('src/a.py did not fit into this answer; read it by itself.')
    expect(await ask('read_files', { paths: ['lines.txt'], from_line: to + 1 })).toContain('lines="401-800 of 1000"')
    expect(await ask('read_files', { paths: ['lines.txt'], from_line: 5000 })).toMatch(
      /lines="1000-1000 of 1000"|of 1000/,
    )
    expect(await ask('read_files', { paths: ['empty.txt'], from_line: 2 })).toContain('lines="1-0 of 0"')
    const long = await ask('read_files', { paths: ['long.txt'] })
    expect(long.length).toBeLessThan(45_000)
    expect(long).toContain('lines="1-2 of 2"')
  })
})
