// A workflow of another domain, written by a user in a folder of their own: no line of the product knows of it.
import { cpSync, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SUBMISSION } from '../agent/scripted.js'
import type { Asked, Reply } from './model-server.js'
import { edit, events, git, mlops, PRODUCT, read, scratch } from './product.js'
import { MODEL, type Place, place } from './talking.js'

const ASKED = 'Build a handbook for our payments service. Use Hugo. Every page says who is on call.'
type Files = Readonly<Record<string, string>>
const PAGE = 'docs/on-call.md'
const WORKFLOW = '.github/workflows/publish.yaml'
const MADE: Readonly<Record<string, Files>> = {
  outline: { 'docs/outline.md': '# Outline\n\n- Who is on call\n- What to do first\n' },
  pages: { [PAGE]: '# On call\n\nThe order of pages is that of [the outline](outline.md).\n' },
  theme: { 'docs/theme.md': '# Theme\n\nOne serif font, one column, no colours.\n' },
  delivery: {
    'docs/publishing.md': `# Publishing\n\n\`${WORKFLOW}\` runs when an editor starts it.\n`,
    [WORKFLOW]: [
      'name: publish',
      'on: [workflow_dispatch]',
      'permissions: {}',
      'jobs:',
      '  publish:',
      '    runs-on: ubuntu-24.04',
      '    timeout-minutes: 5',
      '    steps:',
      '      - run: echo published',
      '',
    ].join('\n'),
  },
}

/** Sends the files of each deliverable, then submits them. */
const writes =
  (instead: Readonly<Record<string, Files>> = {}) =>
  ({ deliverable, mark, turn }: Asked): Reply => {
    const files = instead[deliverable] ?? MADE[deliverable] ?? {}
    if (turn % 2 === 0) return { submit: { ...SUBMISSION, files: Object.keys(files) } }
    const blocks = Object.entries(files).map(
      ([path, text]) => `<file-${mark} path="${path}">\n${text}</file-${mark}>\n`,
    )
    return { text: blocks.join('\n') }
  }

/** The folder of the user's team beside the workspace. */
async function beside(script: (asked: Asked) => Reply): Promise<Place & { readonly root: string }> {
  const here = await place(script, {}, PRODUCT)
  cpSync(join(PRODUCT, 'test', 'team'), join(here.cwd, 'team'), { recursive: true })
  return { ...here, root: join(here.cwd, 'w') }
}
const DESIGN = ['design', ASKED, '--workspace', 'w', '--yes', '--workflow']
const BUDGET = [...MODEL, '--budget', 'none']

describe("a user's own workflow", { timeout: 120_000 }, () => {
  it('is made by models alone: what does not pass is kept out, and mended by a rerun', async () => {
    const broken = { [PAGE]: '# On call\n\nSee [what nobody wrote](nowhere.md).\n' }
    let mended = false
    const { run, root, server } = await beside((asked) => writes(mended ? {} : { pages: broken })(asked))
    const first = await run(...DESIGN, 'team', ...BUDGET)
    expect(first.code, first.stderr).toBe(3)
    expect(first.stdout).toMatch(/hugo \(you said: Hugo\)/)
    expect(first.stdout).toMatch(/pages +failed/)
    expect(first.stdout).toMatch(/docs\/on-call\.md was not accepted: .*nowhere\.md/)
    expect(existsSync(join(root, PAGE))).toBe(false)
    expect(read(root, 'docs/outline.md')).toBe(MADE.outline?.['docs/outline.md'])
    expect(read(root, 'spec.yaml')).toMatch(/^workflow: \.\.\/team\/workflows\/handbook\.yaml$/m)
    expect(read(root, 'spec.yaml')).not.toMatch(/^(task|target|serving):/m)
    expect((await run('status', '--workspace', 'w')).stdout).toMatch(/outline +done.*[\s\S]*pages +not built/)
    // What one agent made is what the next one reads.
    expect(server.asked.find(({ deliverable }) => deliverable === 'delivery')?.text).toContain('docs/outline.md')

    mended = true
    const second = await run('rerun', 'pages', '--workspace', 'w', ...BUDGET)
    expect(second, second.stdout).toMatchObject({ code: 0 })
    expect(read(root, PAGE)).toBe(MADE.pages?.[PAGE])
    expect((await run('status', '--workspace', 'w')).stdout).toMatch(/delivery +stale .*\n +pages gives other files/)
    expect(await run('rerun', '--stale', '--workspace', 'w', ...BUDGET)).toMatchObject({ code: 0 })
    expect((await run('status', '--workspace', 'w')).stdout).toContain('4 deliverables · 0 stale')
    expect(await run('verify', '--workspace', 'w')).toMatchObject({ code: 0 })
    expect((await run('resume', '--workspace', 'w')).stdout).toContain('nothing to resume')
    expect((await run('diff', 'pages', '--workspace', 'w')).stdout).toContain('+# On call')
    expect((await run('approve', 'content', '--workspace', 'w')).stderr).toContain('git config')
    // An option of the file is a flag, in a clone too, whose folder lies elsewhere.
    git(root, 'clone', '-q', root, join(root, '..', 'clone'))
    const planned = await run('rerun', '--stale', '--generator', 'plain', '--dry-run', '--workspace', 'clone')
    expect(planned.stdout).toMatch(/outline: attempt 2\n {2}generator was hugo, now plain/)
  })

  it('goes on after Ctrl-C, and says where its workflow was once that is gone', async () => {
    let hold = true
    const { begin, run, root, cwd, server } = await beside((asked) =>
      hold && asked.deliverable === 'theme' ? { never: true } : writes()(asked),
    )
    const { child, ended } = begin(...DESIGN, 'team/workflows/handbook.yaml', ...BUDGET)
    while (!server.asked.some(({ deliverable }) => deliverable === 'theme'))
      await new Promise((done) => setTimeout(done, 20))
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toMatchObject({ code: 130 })
    hold = false
    renameSync(join(cwd, 'team'), join(cwd, 'moved'))
    const lost = await run('resume', '--workspace', 'w')
    expect(lost).toMatchObject({ code: 2 })
    expect(lost.stderr).toMatch(
      /^error: spec\.yaml:\d+:1: workflow: \.\.\/team\/workflows\/handbook\.yaml: there is no/,
    )
    renameSync(join(cwd, 'moved'), join(cwd, 'team'))
    const resumed = await run('resume', '--workspace', 'w')
    expect(resumed, resumed.stdout).toMatchObject({ code: 0 })
    expect(read(root, WORKFLOW)).toBe(MADE.delivery?.[WORKFLOW])
  })

  it('is planned without a model, and shown before anything is sent', async () => {
    const { run, server } = await beside(writes())
    const planned = await run(...DESIGN, 'team', '--dry-run', '--json', ...BUDGET)
    const [reading, outline] = events(planned.stdout)
    expect(reading).toMatchObject({ deliverable: 'requirements', action: 'read' })
    expect(outline).toMatchObject({ deliverable: 'outline', action: 'make', model: 'compatible:scripted' })
    expect(outline?.prompt).toMatch(/Write Outline of "Build a handbook for our payments service" for hugo\./)
    const offline = await run(...DESIGN, 'team')
    expect(offline).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/no blueprint makes outline, .* add --model/),
    })
    expect(server.asked).toEqual([])
    expect((await run('options', '--workflow', 'team')).stdout).toMatch(
      /--generator +Site generator\n +\* plain\n +hugo\n/,
    )
  })
})

describe('what is wrong with it', { timeout: 60_000 }, () => {
  const team = (): string => {
    const cwd = scratch()
    cpSync(join(PRODUCT, 'test', 'team'), join(cwd, 'team'), { recursive: true })
    return cwd
  }
  it.each<[string, string, string, string, RegExp]>([
    [
      'a missing agent',
      'workflows/handbook.yaml',
      'agent: designer',
      'agent: desiner',
      /handbook\.yaml:\d+:\d+: unknown agent desiner: .*did you mean designer\?/,
    ],
    [
      'a spec that predicts',
      'workflows/handbook.yaml',
      'spec: [title]',
      'spec: [target]',
      /handbook\.yaml:\d+:\d+: outline reads target, which the spec does not have/,
    ],
    ['a shared block that does not exist', 'prompts/editor.hbs', '{{> role}}', '{{> roles}}', /editor\.hbs:\d+:\d+: /],
    [
      'a prompt that reads what is not there',
      'prompts/editor.hbs',
      'spec.title',
      'spec.target',
      /editor\.hbs:\d+:\d+: \{\{spec\.target\}\} does not exist/,
    ],
    ['an agent without a tier', 'agents/editor.md', 'tier: standard\n', '', /editor\.md:\d+:\d+: tier: /],
  ])('is said with its place: %s', async (_, path, from, to, message) => {
    const cwd = team()
    edit(join(cwd, 'team'), path, from, to)
    const ended = await mlops([...DESIGN, 'team'], { cwd })
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(existsSync(join(cwd, 'w'))).toBe(false)
  })

  it.each([
    ['nowhere', /--workflow "nowhere": there is no such file or folder/],
    ['team/agents', /expected a workflow in .*agents\/workflows\/<name>\.yaml, found none/],
    ['team/agents/editor.md', /is neither a YAML file nor a folder/],
  ])('is said where %s is named', async (named, message) => {
    expect(await mlops([...DESIGN, named], { cwd: team() })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    })
  })
})
