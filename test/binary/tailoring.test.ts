// What becomes of tailored files from run to run, on a small product and through the built command line.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SUBMISSION } from '../agent/scripted.js'
import type { Asked, Reply } from './model-server.js'
import { edit, events, git, read, scratch } from './product.js'
import { DESIGN, MODEL, type Place, place, same, talkingRoot } from './talking.js'

const PAGE = 'docs/shape.md'
const LINE = 'Read by the billing team.'

/** Adds a line to one page; everything else is right as it is. */
function tailors(asked: Asked): Reply {
  if (asked.deliverable !== 'shape') return same()
  if (asked.turn % 2 === 0) return { submit: { ...SUBMISSION, files: [PAGE] } }
  return { text: `<file-${asked.mark} path="${PAGE}">\n${asked.baseline(PAGE)}\n${LINE}\n</file-${asked.mark}>\n` }
}
const ids = (asked: readonly Asked[]): string[] => [...new Set(asked.map(({ deliverable }) => deliverable))]

describe('what an agent has tailored', { timeout: 120_000 }, () => {
  let first: Place
  beforeAll(async () => {
    first = await place(tailors)
    const ended = await first.run(...DESIGN, ...MODEL, '--budget', 'none')
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
  }, 120_000)

  /** The workspace as it is after the first design, for one test to change. */
  async function again(): Promise<Place & { readonly root: string }> {
    const other = await place(tailors)
    execFileSync('cp', ['-a', join(first.cwd, 'w'), join(other.cwd, 'w')])
    return { ...other, root: join(other.cwd, 'w') }
  }

  it('is unchanged when it is asked for again, with or without the model', async () => {
    const { run, root, server } = await again()
    const head = git(root, 'rev-parse', 'HEAD')
    for (const more of [[...MODEL, '--budget', 'none'], []]) {
      const ended = await run('design', '--workspace', 'w', '--verify', 'none', '--yes', '--json', ...more)
      expect(events(ended.stdout).at(-1)).toMatchObject({ type: 'run-end', status: 'done' })
    }
    expect([git(root, 'rev-parse', 'HEAD'), server.asked]).toEqual([head, []])
    expect((await run('status', '--workspace', 'w')).stdout).toContain('0 stale')
  })

  /** The product as a later version, and the workspace that the first one made. */
  async function later(path: string, from: RegExp, to: string): Promise<Place & { readonly root: string }> {
    const product = join(scratch(), 'product')
    cpSync(talkingRoot(), product, { recursive: true })
    edit(product, `blueprints/core/files/${path}`, from, to)
    const other = await place(tailors, {}, product)
    execFileSync('cp', ['-a', join(first.cwd, 'w'), join(other.cwd, 'w')])
    return { ...other, root: join(other.cwd, 'w') }
  }

  it('is kept when the baseline changes and no model is asked', async () => {
    const { run, root } = await later('src/shape.py.hbs', /$/, '\n# A later version.\n')
    const changed = await run('design', '--workspace', 'w', '--verify', 'none', '--yes', '--json')
    expect(changed, changed.stderr).toMatchObject({ code: 0 })
    const kept = events(changed.stdout).find(
      ({ type, deliverable }) => type === 'tailor-end' && deliverable === 'shape',
    )
    expect(kept).toMatchObject({ outcome: 'kept', changed: [PAGE] })
    expect([read(root, PAGE), read(root, 'src/shape.py')]).toEqual([
      expect.stringContaining(LINE),
      expect.stringContaining('A later version.'),
    ])
    expect((await run('status', '--workspace', 'w')).stdout).toContain('0 stale')
  })

  it('is shown to other agents, and with what the person edited to its own, unless git is to ignore it', async () => {
    const other = await place((asked) =>
      asked.deliverable === 'store' && asked.turn === 1
        ? { call: { name: 'read_files', input: { paths: [PAGE], from_line: null } } }
        : same(),
    )
    execFileSync('cp', ['-a', join(first.cwd, 'w'), join(other.cwd, 'w')])
    const root = join(other.cwd, 'w')
    edit(root, PAGE, /^/, 'Ada was here.\n\n')
    git(root, 'commit', '-qam', 'edit')
    const said = async (target: string) => {
      const before = other.server.asked.length
      const args = ['--workspace', 'w', '--verify', 'none', '--note', 'look again', ...MODEL, '--budget', 'none']
      const ended = await other.run('rerun', target, ...args)
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      const texts = other.server.asked.slice(before).map(({ text }) => text)
      expect(texts.length).toBeGreaterThan(0)
      return texts.join('\n')
    }
    expect(await said('store')).toContain(LINE)
    const exclude = join(root, '.git/info/exclude')
    const before = readFileSync(exclude, 'utf8')
    writeFileSync(exclude, `${before}/${PAGE}\n`)
    const refused = await said('store')
    expect(refused).toContain(PAGE)
    expect(refused).not.toContain(LINE)
    expect(await said('shape')).not.toContain('Ada was here.')
    writeFileSync(exclude, before)
    expect(await said('shape')).toContain('Ada was here.')
  })

  it('is verified with its new files by a later version, before anything is made anew', async () => {
    const more = 'docs/more.md'
    const files = [PAGE, more]
    const writes = ({ deliverable, turn, mark, baseline }: Asked): Reply =>
      deliverable !== 'shape'
        ? same()
        : turn % 2 === 0
          ? { submit: { ...SUBMISSION, files } }
          : {
              text: [`${baseline(PAGE)}\nSee [who reads it](more.md).`, '# More\n\nRead by the billing team.']
                .map((text, at) => `<file-${mark} path="${files[at]}">\n${text}\n</file-${mark}>\n`)
                .join(''),
            }
    const { run, cwd } = await place(writes)
    const ended = await run(...DESIGN, ...MODEL, '--budget', 'none', '--strict')
    expect(ended, ended.stdout).toMatchObject({ code: 0 })
    const { run: newer, root } = await later('src/shape.py.hbs', /$/, '\n# A later version.\n')
    execFileSync('rm', ['-r', root])
    execFileSync('cp', ['-a', join(cwd, 'w'), root])
    const verified = await newer('verify', '--workspace', 'w', '--json')
    const { results } = JSON.parse(verified.stdout)
    const about = results.filter((one: object) => JSON.stringify(one).includes('more.md'))
    expect(about.map(({ status, reason }: { status: string; reason: string }) => `${status} ${reason}`)).toContain(
      'pass ',
    )
    expect(about.filter(({ status }: { status: string }) => status === 'fail')).toEqual([])
  })

  it('waits for a person where the new baseline changes the same place', async () => {
    const { run, root } = await later('docs/shape.md.hbs', /Read from .*\n/, 'Read from two places.\n')
    const before = read(root, PAGE)
    const ended = await run('design', '--workspace', 'w', '--verify', 'none', '--yes')
    expect(ended, ended.stderr).toMatchObject({ code: 4 })
    expect(ended.stdout).toMatch(/shape: stays as it was: .*docs\/shape\.md\n.*rerun shape --model .* --baseline/)
    expect(read(root, PAGE)).toBe(before)
    const given = await run('rerun', 'shape', '--baseline', '--workspace', 'w', '--verify', 'none')
    expect(given, given.stderr).toMatchObject({ code: 0 })
    expect(read(root, PAGE)).toMatch(/Read from two places\.\n$/)
  })

  it('is asked for again by a rerun, and given up where the baseline is wanted', async () => {
    const { run, root, server } = await again()
    const rerun = (...more: string[]) => run('rerun', 'shape', '--workspace', 'w', '--verify', 'none', ...more)
    expect(await rerun(...MODEL, '--budget', 'none')).toMatchObject({ code: 0 })
    expect(ids(server.asked)).toEqual(['shape'])
    expect(await rerun('--baseline')).toMatchObject({ code: 0 })
    expect(read(root, PAGE)).not.toContain(LINE)
    expect((await run('status', '--workspace', 'w')).stdout).toMatch(/shape +done +\w* +attempt 3/)
  })
})

describe('a deliverable without a blueprint', { timeout: 120_000 }, () => {
  /** The workflow as a user has extended it. */
  function extended(): string {
    const root = join(scratch(), 'product')
    cpSync(talkingRoot(), root, { recursive: true })
    const entry =
      '          - id: glossary\n            title: Glossary\n            maturity: 1\n            reads: {deliverables: [build]}\n'
    edit(root, 'workflows/ml-pipeline.yaml', /$/, entry)
    return root
  }
  const writes =
    (path: string, content: string) =>
    (asked: Asked): Reply =>
      asked.deliverable !== 'glossary'
        ? same()
        : asked.turn % 2 === 1
          ? { text: `<file-${asked.mark} path="${path}">\n${content}</file-${asked.mark}>\n` }
          : { submit: { ...SUBMISSION, files: [path] } }

  it('is not built without a model, and made by a model alone', async () => {
    const page = '# Glossary\n\nA store is where things are; see [the shape](shape.md).\n'
    const { run, cwd } = await place(writes('docs/glossary.md', page), {}, extended())
    expect((await run(...DESIGN)).stdout).toMatch(/glossary +not built/)
    const ended = await run(...DESIGN, ...MODEL, '--budget', 'none')
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(read(join(cwd, 'w'), 'docs/glossary.md')).toBe(page)
    expect((await run('status', '--workspace', 'w')).stdout).toMatch(/glossary +done/)
  })

  it('fails plainly where what the model writes does not pass', async () => {
    const { run, cwd } = await place(
      writes('docs/glossary.md', '# Glossary\n\nSee [nothing](nowhere.md).\n'),
      {},
      extended(),
    )
    const ended = await run(...DESIGN, ...MODEL, '--budget', 'none')
    expect(ended.code).toBe(3)
    expect(ended.stdout).toMatch(/glossary: not tailored: .*\n.*docs\/glossary\.md was not accepted: .*nowhere\.md/)
    expect(existsSync(join(cwd, 'w', 'docs/glossary.md'))).toBe(false)
  })
})

describe('a run with a model that stops in the middle', { timeout: 120_000 }, () => {
  it('by Ctrl-C loses no answer that had arrived', async () => {
    let hold = true
    const { begin, run, server } = await place((asked) =>
      hold && asked.deliverable === 'shape' ? { never: true } : tailors(asked),
    )
    const { child, ended } = begin(...DESIGN, ...MODEL, '--budget', 'none')
    while (!server.asked.some(({ deliverable }) => deliverable === 'shape'))
      await new Promise((done) => setTimeout(done, 20))
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toMatchObject({ code: 130 })
    hold = false
    const before = ids(server.asked)
    const count = server.asked.length
    const resumed = await run('resume', '--workspace', 'w')
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    expect(ids(server.asked.slice(count)).filter((id) => before.includes(id))).toEqual(['shape'])
  })

  it('where the key is refused ends with 2 and says what was said', async () => {
    const { run } = await place(() => ({ status: 401 }))
    expect(await run(...DESIGN, ...MODEL, '--budget', 'none')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/401/),
    })
  })
})
