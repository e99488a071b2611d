import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attempt, LOG_FORMAT, readLog, writeMessage } from '../../src/workspace/trailers.js'
import { scratch, user } from './scratch.js'

const made: Omit<Attempt, 'commit'> = {
  deliverable: 'ingestion',
  key: '0f3a',
  attempt: 3,
  decision: 'accepted',
  inputs: { 'spec.serving': 'ab12', 'deliverable storage': '99', 'a = b': 'c' },
  level: 'L1',
  baselineTree: '1'.repeat(40),
  acceptedTree: '2'.repeat(40),
  files: ['src/a: b.py', 'ü.md'],
  patched: ['pyproject.toml'],
  subject: 'ingestion: sources and loading',
}

function throughGit(attempts: readonly Omit<Attempt, 'commit'>[]): Attempt[] {
  const root = scratch()
  user(root, 'init', '-q')
  for (const one of attempts)
    execFileSync(
      'git',
      ['-c', 'user.name=x', '-c', 'user.email=x', 'commit', '-q', '--allow-empty', '--cleanup=verbatim', '-F', '-'],
      { cwd: root, input: writeMessage(one) },
    )
  return readLog(user(root, 'log', '-z', `--format=${LOG_FORMAT}`))
}

describe('trailers', () => {
  it('come back from git as they were written, oldest first', () => {
    const second = {
      ...made,
      attempt: 4,
      level: 'none' as const,
      inputs: {},
      files: [],
      patched: [],
      decision: 'undone',
      run: '2026-11-21T06:00:00.000Z-0f3a',
      undone: '3'.repeat(40),
    }
    expect(throughGit([made, second])).toEqual(
      [made, second].map((one) => ({ ...one, commit: expect.stringMatching(/^[0-9a-f]{40}$/) })),
    )
  })

  it('cannot be forged by what a subject says', () => {
    const [back] = throughGit([{ ...made, subject: 'x\n\nDeliverable: other\nKey: forged' }])
    expect(back).toMatchObject({ deliverable: 'ingestion', key: '0f3a', subject: 'x Deliverable: other Key: forged' })
  })

  it('keep any hash of any named input', () => {
    const name = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
      .map((text) => `n ${text.replace(/\s+/g, '')}`.trim())
    fc.assert(
      fc.property(fc.dictionary(name, fc.stringMatching(/^[0-9a-f]{1,16}$/), { noNullPrototype: true }), (inputs) => {
        expect(throughGit([{ ...made, inputs }])[0]?.inputs).toEqual(inputs)
      }),
      { numRuns: 10 },
    )
  })
})
