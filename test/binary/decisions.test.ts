// Decisions through the built command line: exit codes and words without a terminal, and the questions at one.
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { statusDocumentSchema } from '../../src/run/status.js'
import { ASKED } from '../small/product.mjs'
import { contents, git, home, mlops, scratch, succeed, treeOf, write } from './product.js'
import { smallRoot } from './small.js'
import { type } from './terminal.js'

const IDENTITY = '[user]\n  name = Ada\n  email = ada@example.com\n'
const DESIGN = ['design', ASKED, '--verify', 'none', '--pause', 'phase1', '--workspace', 'here']
/** Only there while the question waits for an answer. */
const QUESTION = 'Look again'

let root: string
beforeAll(() => {
  root = smallRoot()
})

async function phase1(cwd: string) {
  const { stdout } = await succeed(['status', '--json', '--workspace', 'here'], { cwd, root })
  return statusDocumentSchema.parse(JSON.parse(stdout)).phases[0]
}

describe('without a terminal', () => {
  it('a run waits with 4; an approval of other files than were shown is refused with 4 and writes nothing; resume goes on', async () => {
    const [cwd, env] = [scratch(), home(IDENTITY)]
    const here = join(cwd, 'here')
    const stopped = await mlops([...DESIGN, '--yes'], { cwd, env, root })
    expect(stopped).toMatchObject({ code: 4, stderr: '' })
    const command = /Approve {2}mlops-agents (approve phase1 --tree [0-9a-f]{12} --workspace here)\n/.exec(
      stopped.stdout,
    )?.[1]
    expect(contents(here).has('src/build.py')).toBe(false)

    write(here, 'docs/store.md', 'By hand.\n')
    git(here, 'commit', '-aqm', 'mine')
    const [before, refs] = [contents(here), git(here, 'for-each-ref')]
    const refused = await mlops((command ?? '').split(' '), { cwd, env, root })
    expect(refused).toMatchObject({ code: 4, stdout: '' })
    expect(refused.stderr).toMatch(
      /^error: phase1 has changed since you looked at the tree [0-9a-f]{12}:\n {2}~ docs\/store\.md\n/,
    )
    expect([contents(here), git(here, 'for-each-ref')]).toEqual([before, refs])

    const page = await succeed(['review', '--verify', 'none', '--workspace', 'here'], { cwd, env, root })
    expect(page.stdout).toMatch(/^phase1 {2}Gather {3}tree [0-9a-f]{12}\n/)
    const tree = treeOf(here)
    await succeed(['approve', 'phase1', '--workspace', 'here'], { cwd, env, root })
    expect(treeOf(here)).toBe(tree)
    await succeed(['resume', '--workspace', 'here', '--json'], { cwd, env, root })
    expect(contents(here).has('src/build.py')).toBe(true)
    expect(contents(here).get('docs/store.md')).toBe('By hand.\n')
  })

  it('nobody decides without a name', async () => {
    const cwd = scratch()
    await mlops([...DESIGN, '--yes'], { cwd, root })
    const refused = await mlops(['approve', 'phase1', '--workspace', 'here'], { cwd, root })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/git config --global user\.name/) })
  })
})

describe('at a terminal', () => {
  const env = { PAGER: 'cat', GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' }
  const flags = ['--feature-store', 'feast', '--deployment-mode', 'batch']

  it('a gate opens the page and asks; once approved the run goes on to its end', async () => {
    const cwd = scratch()
    const { code, stdout } = await type([...DESIGN, ...flags], {
      cwd,
      env,
      root,
      question: QUESTION,
      keys: 'down+enter',
    })
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/Look first: .*Who may do what/)
    expect(contents(join(cwd, 'here')).has('src/build.py')).toBe(true)
    expect(await phase1(cwd)).toMatchObject({
      status: 'done',
      review: { decision: 'approved', by: 'Ada <ada@example.com>' },
    })
  })

  it('Enter alone approves nothing: the run waits with 4', async () => {
    const cwd = scratch()
    const { code, stdout } = await type([...DESIGN, ...flags], { cwd, env, root, question: QUESTION, keys: 'enter' })
    expect(code, stdout).toBe(4)
    expect(stdout).toMatch(/phase1 \(Gather\) waits for your decision/)
    expect((await phase1(cwd))?.review).toBeNull()

    const question = `${QUESTION}\nWhat is to be different?`
    const keys = 'down+down+enter\nFewer files.+enter'
    const revised = await type(['review', '--verify', 'none', '--workspace', 'here'], {
      cwd,
      env,
      root,
      question,
      keys,
    })
    expect(revised.code, revised.stdout).toBe(0)
    expect(revised.stdout).toMatch(/To be revised: phase1/)
    expect(await phase1(cwd)).toMatchObject({ review: { decision: 'revise', note: 'Fewer files.' } })
  })
})
