// Agents that talk to a model, through the built command line. The model is a scripted server; the workspace, git and the wire are real.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Asked, type ModelServer, modelServer, type Reply, SUBMISSION } from './model-server.js'
import {
  contents,
  type Ended,
  edit,
  events,
  git,
  home,
  mlops,
  productCopy,
  read,
  SENTENCE,
  scratch,
  start,
  succeed,
} from './product.js'

const GUIDE = 'docs/data-preparation.md'
const LINE = 'The billing team reads this page on Mondays.'

/** Adds a line to one guide; everything else is right as it is. */
function tailorsGuide(asked: Asked): Reply {
  if (asked.deliverable !== 'ingestion') return { submit: SUBMISSION }
  const text = `<file-${asked.mark} path="${GUIDE}">\n${asked.baseline(GUIDE)}\n${LINE}\n</file-${asked.mark}>\n`
  return { text, submit: { ...SUBMISSION, summary: 'Names the readers of the guide.' } }
}

const design = (more: readonly string[], cwd: string): Promise<Ended> =>
  mlops(['design', SENTENCE, '--workspace', 'churn', '--maturity', '1', '--verify', 'none', '--yes', ...more], { cwd })
const withModel = ({ url }: ModelServer): string[] => ['--model', 'compatible:scripted', '--base-url', url]

describe('a design with a model', { timeout: 240_000 }, () => {
  let server: ModelServer
  let cwd = ''
  let ended: Ended
  beforeAll(async () => {
    server = await modelServer(tailorsGuide)
    cwd = scratch()
    ended = await design([...withModel(server), '--budget-tokens', '9000000', '--record', 'answers.jsonl'], cwd)
  }, 240_000)

  it('has every deliverable looked at, takes what is accepted, and says so', () => {
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(ended.stdout).toContain(`ingestion: ${GUIDE}`)
    expect(ended.stdout).toMatch(/Agents tailored 1 of 1\d deliverables/)
    expect(readFileSync(join(cwd, 'churn', GUIDE), 'utf8')).toContain(LINE)
    expect(new Set(server.asked.map(({ deliverable }) => deliverable)).size).toBe(server.asked.length)
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

  it('is unchanged when it is asked for again, with or without the model', async () => {
    const before = server.asked.length
    const root = join(cwd, 'churn')
    const head = git(root, 'rev-parse', 'HEAD')
    for (const more of [withModel(server), []]) {
      const again = await succeed([
        'design',
        '--workspace',
        root,
        '--verify',
        'none',
        '--yes',
        '--json',
        ...more,
        ...(more.length > 0 ? ['--budget-tokens', '900000'] : []),
      ])
      expect(events(again.stdout).at(-1)).toMatchObject({ type: 'run-end', status: 'done' })
    }
    expect([git(root, 'rev-parse', 'HEAD'), server.asked.length]).toEqual([head, before])
    expect((await succeed(['status', '--workspace', root])).stdout).toContain('0 stale')
  })

  it('comes again from what was recorded, byte for byte and without the server', async () => {
    const other = scratch()
    const replayed = await design(['--replay', join(cwd, 'answers.jsonl')], other)
    expect(replayed, replayed.stderr).toMatchObject({ code: 0 })
    expect(contents(join(other, 'churn'))).toEqual(contents(join(cwd, 'churn')))
  })

  it('is kept when the platform changes and no model is asked', async () => {
    const other = join(scratch(), 'churn')
    execFileSync('cp', ['-a', join(cwd, 'churn'), other])
    const args = ['design', '--workspace', other, '--maturity', '2', '--verify', 'none', '--yes', '--json']
    const grown = await succeed(args)
    const kept = events(grown.stdout).find((event) => event.type === 'tailor-end' && event.deliverable === 'ingestion')
    expect(kept).toMatchObject({ outcome: 'kept', changed: [GUIDE] })
    expect(readFileSync(join(other, GUIDE), 'utf8')).toContain(LINE)
    expect((await succeed(['status', '--workspace', other])).stdout).toContain('0 stale')
  })

  it('is asked again by a rerun, and given up where the baseline is wanted', async () => {
    const other = join(scratch(), 'churn')
    execFileSync('cp', ['-a', join(cwd, 'churn'), other])
    const rerun = (...more: string[]) =>
      succeed(['rerun', 'ingestion', '--workspace', other, '--verify', 'none', ...more])
    const before = server.asked.length
    await rerun(...withModel(server), '--budget', 'none')
    expect(server.asked.slice(before).map(({ deliverable }) => deliverable)).toEqual(['ingestion'])
    await rerun('--baseline')
    expect(readFileSync(join(other, GUIDE), 'utf8')).not.toContain(LINE)
    expect((await succeed(['status', '--workspace', other])).stdout).toMatch(/ingestion +done +L?\w* +attempt 3/)
  })

  it('says which prompt another text has changed', async () => {
    const text = 'Predict which of our subscribers will cancel within 60 days. Billing tables land in S3 every night.'
    const args = ['--maturity', '1', '--verify', 'none', '--yes', '--replay', join(cwd, 'answers.jsonl')]
    const wrong = await mlops(['design', text, '--workspace', 'other', ...args], { cwd: scratch() })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(/recorded with another prompt: in turn 1 of ingestion, part 2.* changed since/)
  })
})

describe('a model that would make it worse', { timeout: 240_000 }, () => {
  it('is told why, and what it does not mend stays as the baseline has it', async () => {
    const tests = 'tests/unit/test_records.py'
    const server = await modelServer((asked) => {
      if (asked.deliverable !== 'ingestion') return { submit: SUBMISSION }
      const empty = '"""Tests of records."""\n\n\ndef test_nothing() -> None:\n    """Nothing."""\n    assert True\n'
      const guide = `<file-${asked.mark} path="${GUIDE}">\n${asked.baseline(GUIDE)}\n${LINE}\n</file-${asked.mark}>\n`
      const text = `<file-${asked.mark} path="${tests}">\n${empty}</file-${asked.mark}>\n${guide}`
      return asked.turn % 2 === 1 ? { text } : { submit: { ...SUBMISSION, files: [tests, GUIDE] } }
    })
    const cwd = scratch()
    const { code, stdout, stderr } = await design([...withModel(server), '--budget', 'none'], cwd)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/ingestion: tests\/unit\/test_records\.py was not accepted: .*test/)
    expect(readFileSync(join(cwd, 'churn', tests), 'utf8')).not.toContain('test_nothing')
    expect(readFileSync(join(cwd, 'churn', GUIDE), 'utf8')).toContain(LINE)
    const last = server.asked.filter(({ deliverable }) => deliverable === 'ingestion').at(-1)
    expect(last?.text).toMatch(/guard\/test/)
  })
})

describe('a deliverable without a blueprint', { timeout: 240_000 }, () => {
  /** The workflow as a user has extended it. */
  function extended(): string {
    const root = productCopy()
    edit(
      root,
      'workflows/ml-pipeline.yaml',
      /^verify:$/m,
      '          - id: glossary\n            title: Glossary\n            maturity: 1\n            reads:\n              deliverables: [infrastructure]\n\nverify:',
    )
    edit(
      root,
      'prompts/observability-engineer.hbs',
      '{{> baseline}}',
      '{{#if (eq deliverable.id "glossary")}}\n1. **Words.** Explain them.\n{{/if}}\n{{> baseline}}',
    )
    return root
  }
  const made = (asked: Asked, path: string, content: string): Reply =>
    asked.deliverable !== 'glossary'
      ? { submit: SUBMISSION }
      : asked.turn % 2 === 1
        ? { text: `<file-${asked.mark} path="${path}">\n${content}</file-${asked.mark}>\n` }
        : { submit: { ...SUBMISSION, files: [path] } }
  const run = (cwd: string, root: string, more: readonly string[]) =>
    mlops(['design', SENTENCE, '--workspace', 'churn', '--maturity', '1', '--verify', 'none', '--yes', ...more], {
      cwd,
      root,
    })

  it('is not built without a model, and made by a model alone', async () => {
    const root = extended()
    const cwd = scratch()
    const offline = await run(cwd, root, [])
    expect(offline.stdout, offline.stderr).toMatch(/glossary +not built/)
    const page = '# Glossary\n\nChurn is a cancelled contract; see [the data](data-preparation.md).\n'
    const server = await modelServer((asked) => made(asked, 'docs/glossary.md', page))
    const ended = await run(cwd, root, [...withModel(server), '--budget', 'none'])
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(read(join(cwd, 'churn'), 'docs/glossary.md')).toBe(page)
    expect((await succeed(['status', '--workspace', join(cwd, 'churn')], { root })).stdout).toMatch(/glossary +done/)
  })

  it('fails plainly where what the model writes does not pass', async () => {
    const root = extended()
    const cwd = scratch()
    const server = await modelServer((asked) =>
      made(asked, 'docs/glossary.md', '# Glossary\n\nSee [nothing](nowhere.md).\n'),
    )
    const ended = await run(cwd, root, [...withModel(server), '--budget', 'none'])
    expect(ended.code).toBe(3)
    expect(ended.stdout).toMatch(/glossary: not tailored: .*\n.*docs\/glossary\.md was not accepted: .*nowhere\.md/)
    expect(existsSync(join(cwd, 'churn', 'docs/glossary.md'))).toBe(false)
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

describe('a run that stops in the middle', { timeout: 240_000 }, () => {
  it('at its budget ends with 5, and goes on with more of it where it stopped', async () => {
    const server = await modelServer(tailorsGuide)
    const cwd = scratch()
    const stopped = await design([...withModel(server), '--budget-tokens', '400000'], cwd)
    expect(stopped, stopped.stderr).toMatchObject({ code: 5 })
    expect(stopped.stderr).toMatch(/of 400000 tokens are used/)
    const first = server.asked.map(({ deliverable }) => deliverable)
    const resumed = await mlops(['resume', '--workspace', 'churn', '--budget-tokens', '9000000'], { cwd })
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    const later = server.asked.slice(first.length).map(({ deliverable }) => deliverable)
    expect(first.length).toBeGreaterThan(0)
    expect(later.filter((id) => first.includes(id))).toEqual([])
    expect(readFileSync(join(cwd, 'churn', GUIDE), 'utf8')).toContain(LINE)
  })

  it('by Ctrl-C loses no answer that had arrived', async () => {
    let hold = true
    const server = await modelServer((asked) =>
      hold && asked.deliverable === 'features' ? { never: true } : tailorsGuide(asked),
    )
    const cwd = scratch()
    const flags = ['--maturity', '1', '--verify', 'none', '--yes', ...withModel(server), '--budget', 'none']
    const { child, ended } = start(['design', SENTENCE, '--workspace', 'churn', ...flags], { cwd, group: true })
    while (!server.asked.some(({ deliverable }) => deliverable === 'features'))
      await new Promise((done) => setTimeout(done, 20))
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toMatchObject({ code: 130 })
    hold = false
    const first = server.asked.map(({ deliverable }) => deliverable)
    const resumed = await mlops(['resume', '--workspace', 'churn'], { cwd })
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    const later = server.asked.slice(first.length).map(({ deliverable }) => deliverable)
    expect(later.filter((id) => first.includes(id))).toEqual(['features'])
  })

  it('where the key is refused ends with 2 and says whose', async () => {
    const server = await modelServer(() => ({ status: 401 }))
    const { code, stderr } = await design([...withModel(server), '--budget', 'none'], scratch())
    expect([code, stderr]).toEqual([2, expect.stringMatching(/401/)])
  })
})
