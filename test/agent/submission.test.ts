// What a submission may say, and what is said about one that does not hold.
import { describe, expect, it } from 'vitest'
import { submissionIssues, submissionSchema } from '../../src/agent/submission.js'

const GOOD = {
  summary: 'Ten lines at most.',
  decisions: [{ decision: 'a', reason: 'b', requirements: ['REQ-001'] }],
  assumptions: ['c'],
  covers: ['REQ-001'],
  contract: [{ entry: 'metrics.latency.threshold', value: '80', reason: 'stated' }],
  files: ['new.py'],
  remove: ['old.py'],
}
const known = { requirementIds: ['REQ-001'], removable: new Set(['old.py']), arrived: new Set(['new.py']) }

describe('a submission', () => {
  it('is taken as it is where all is well', () => {
    expect(submissionSchema.parse(GOOD)).toEqual(GOOD)
    expect(submissionIssues(GOOD, known)).toEqual([])
  })
  it.each([
    [{ summary: 'x\n'.repeat(11) }, /at most 10 lines/],
    [{ summary: 'x'.repeat(1501) }, /at most 1500 characters/],
    [{ summary: ' ' }, /some text/],
    [{ assumptions: Array(51).fill('x') }, /at most 50 entries/],
    [{ contract: [{ entry: 'metrics', value: '1', reason: 'x' }] }, /dotted path/],
    [{ contract: [{ entry: 'a.__proto__', value: '{', reason: 'x' }] }, /JSON as text/],
    [{ decisions: [{ decision: 'a', reason: '', requirements: [] }] }, /some text/],
    [{ extra: true }, /Unrecognized key/],
  ])('is refused with %j', (change, reason) => {
    expect(submissionSchema.safeParse({ ...GOOD, ...change }).error?.message).toMatch(reason)
  })
  it('names only what exists', () => {
    const wrong = {
      ...GOOD,
      covers: ['REQ-002'],
      files: ['new.py', 'lost.py'],
      remove: ['../x'],
      decisions: [{ decision: 'a', reason: 'b', requirements: ['R'] }],
    }
    expect(submissionIssues(wrong, known)).toEqual([
      'covers: no requirement is called "REQ-002"; expected one of REQ-001',
      'decisions.0.requirements: no requirement is called "R"; expected one of REQ-001',
      'files: no block for "lost.py" has arrived; send it in a reply without tool calls',
      'remove: "../x" is no file of this deliverable',
    ])
  })
})
