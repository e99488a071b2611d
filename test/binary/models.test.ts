// Agents that talk to a model about the real platform, through the built command line. The model is a scripted server; the workspace, git
// and the wire are real. What does not need the whole platform is in tailoring.test.ts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SUBMISSION } from '../agent/scripted.js'
import { contents } from '../contents.js'
import { type Asked, type ModelServer, modelServer, type Reply } from './model-server.js'
import { type Ended, git, home, mlops, SENTENCE, scratch } from './product.js'

const GUIDE = 'docs/data-preparation.md'
const LINE = 'The billing team reads this page on Mondays.'
const TESTS = 'tests/unit/test_records.py'
const EMPTY = '"""Tests of records."""\n\n\ndef test_nothing() -> None:\n    """Nothing."""\n    assert True\n'

/** Adds a line to one guide, and empties a test however often it is told not to; everything else is right as it is. */
function tailors(asked: Asked): Reply {
  if (asked.deliverable !== 'ingestion') return { submit: SUBMISSION }
  if (asked.turn % 2 === 0)
    return { submit: { ...SUBMISSION, summary: 'Names the readers of the guide.', files: [TESTS, GUIDE] } }
  const guide = `<file-${asked.mark} path="${GUIDE}">\n${asked.baseline(GUIDE)}\n${LINE}\n</file-${asked.mark}>\n`
  return { text: `<file-${asked.mark} path="${TESTS}">\n${EMPTY}</file-${asked.mark}>\n${guide}` }
}

const design = (more: readonly string[], cwd: string): Promise<Ended> =>
  mlops(['design', SENTENCE, '--workspace', 'churn', '--maturity', '1', '--verify', 'none', '--yes', ...more], { cwd })
const withModel = ({ url }: ModelServer): string[] => ['--model', 'compatible:scripted', '--base-url', url]

describe('a design with a model', { timeout: 240_000 }, () => {
  let server: ModelServer
  let cwd = ''
  let ended: Ended
  beforeAll(async () => {
    server = await modelServer(tailors)
    cwd = scratch()
    ended = await design([...withModel(server), '--budget-tokens', '9000000', '--record', 'answers.jsonl'], cwd)
  }, 240_000)

  it('has every deliverable looked at, takes what is accepted, and says so', () => {
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(ended.stdout).toContain(`ingestion: ${GUIDE}`)
    expect(ended.stdout).toMatch(/Agents tailored 1 of 1\d deliverables/)
    expect(readFileSync(join(cwd, 'churn', GUIDE), 'utf8')).toContain(LINE)
    const others = server.asked.filter(({ deliverable }) => deliverable !== 'ingestion')
    expect(new Set(others.map(({ deliverable }) => deliverable)).size).toBe(others.length)
  })

  it('tells the model what would make the platform worse, and what it does not mend stays as it was', () => {
    expect(ended.stdout).toMatch(/ingestion: tests\/unit\/test_records\.py was not accepted: .*test/)
    expect(readFileSync(join(cwd, 'churn', TESTS), 'utf8')).not.toContain('test_nothing')
    const last = server.asked.filter(({ deliverable }) => deliverable === 'ingestion').at(-1)
    expect(last?.text).toMatch(/guard\/test/)
  })

  it('shows what was tailored to those who read it', () => {
    const later = server.asked.find(({ deliverable }) => deliverable === 'features')
    expect(later?.text).toContain('Names the readers of the guide.')
  })

  it('keeps the baseline, so that what the agent changed can be seen', () => {
    const root = join(cwd, 'churn')
    const commit = git(root, 'log', '--format=%H', '--grep=^Deliverable: ingestion$', 'mlops-agents/generated').trim()
    expect(git(root, 'diff', '--numstat', `${commit}^2`, commit).trim()).toBe(`2\t0\t${GUIDE}`)
  })

  it('comes again from what was recorded, byte for byte and without the server', async () => {
    const other = scratch()
    const replayed = await design(['--replay', join(cwd, 'answers.jsonl')], other)
    expect(replayed, replayed.stderr).toMatchObject({ code: 0 })
    expect(contents(join(other, 'churn'))).toEqual(contents(join(cwd, 'churn')))
  })

  it('says which prompt another text has changed', async () => {
    const text = 'Predict which of our subscribers will cancel within 60 days. Billing tables land in S3 every night.'
    const args = ['--maturity', '1', '--verify', 'none', '--yes', '--replay', join(cwd, 'answers.jsonl')]
    const wrong = await mlops(['design', text, '--workspace', 'other', ...args], { cwd: scratch() })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(/recorded with another prompt: in turn 1 of requirements, part 2.* changed since/)
  })
})

describe('a model that cannot be asked', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['has no key', ['--model', 'anthropic:claude-opus-5-5'], {}, /needs a key: set ANTHROPIC_API_KEY/],
    ['is of no vendor', ['--model', 'acme:one'], {}, /expected anthropic:<id>, openai:<id> or compatible:<id>/],
    ['has no address', ['--model', 'compatible:one', '--budget', 'none'], {}, /give --base-url/],
    [
      'has no known price',
      ['--model', 'compatible:one', '--base-url', 'http://127.0.0.1:9/v1'],
      {},
      /--budget-tokens <n> or --budget none/,
    ],
    [
      'has two budgets',
      ['--model', 'openai:gpt-6', '--budget', '1', '--budget-tokens', '9'],
      { OPENAI_API_KEY: 'sk-x' },
      /give one of them/,
    ],
    ['is not named', ['--budget', '1'], {}, /--budget is about a model, and none is chosen/],
    [
      'is replayed at the same time',
      ['--replay', 'a.jsonl', '--model', 'openai:gpt-6'],
      {},
      /leave --model and --record out/,
    ],
    ['was recorded nowhere', ['--replay', 'a.jsonl'], {}, /a\.jsonl cannot be read/],
  ])('%s: said before anything is written', async (_, flags, env, words) => {
    const cwd = scratch()
    const { code, stderr } = await mlops(['design', SENTENCE, '--workspace', 'churn', '--yes', ...flags], {
      cwd,
      env: home('', env),
    })
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)])
    expect(existsSync(join(cwd, 'churn'))).toBe(false)
  })
})
