// Every command's help, documents and plain output, as a person's shell and another program receive them.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import type { ZodType } from 'zod'
import { diffDocumentSchema } from '../../src/cli/diff.js'
import { optionsDocumentSchema } from '../../src/cli/options.js'
import { resumeDocumentSchema } from '../../src/cli/resume.js'
import { undoDocumentSchema } from '../../src/cli/undo.js'
import { verifyDocumentSchema } from '../../src/cli/verify.js'
import { statusDocumentSchema } from '../../src/run/status.js'
import { CHURN, designedCopy, events, git, home, mlops, PRODUCT, scratch, snapshot, succeed, write } from './product.js'
import { smallCopy, smallRoot } from './small.js'

const COMMANDS = [
  'design',
  'options',
  'status',
  'verify',
  'resume',
  'rerun',
  'diff',
  'undo',
  'upgrade',
  'doctor',
  'completion',
]

/** One line, one document of this shape, and nothing else on standard output. */
function documentOf<T>(stdout: string, schema: ZodType<T>): T {
  expect(stdout).toMatch(/^[^\n]+\n$/)
  return schema.parse(JSON.parse(stdout))
}

describe.concurrent('help', () => {
  it.each(COMMANDS)('%s --help shows an example of itself and ends with 0', async (command) => {
    const { stdout, stderr } = await succeed([command, '--help'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}mlops-agents ${command}\\b`))
  })

  it('of the program names every command and every exit code', async () => {
    const { stdout } = await succeed(['--help'])
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
    expect(stdout).toMatch(
      /Exit codes: 0 done, 1 internal error, 2 wrong usage or input, 3 a check failed, 4 a person must decide, 5 budget reached, 130 interrupted/,
    )
    expect(await mlops([])).toMatchObject({ code: 2, stdout: '', stderr: stdout })
  })

  it('of design has one flag for each option of the workflow file, with its values', async () => {
    const { stdout } = await succeed(['design', '--help'])
    const { options } = documentOf((await succeed(['options', '--json'])).stdout, optionsDocumentSchema)
    expect(options).toHaveLength(7)
    for (const option of options) {
      expect(stdout).toContain(`--${option.name.replaceAll('_', '-')} <value>`)
      for (const { value } of option.values) expect(stdout.replace(/\s+/g, ' ')).toContain(value)
    }
  })

  it('--version is that of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(PRODUCT, 'package.json'), 'utf8')) as { version: string }
    expect((await succeed(['--version'])).stdout).toBe(`${version}\n`)
  })

  it('every flag, document field and exit code is in docs/command-line.md', async () => {
    const page = readFileSync(join(PRODUCT, 'docs', 'command-line.md'), 'utf8')
    for (const command of COMMANDS) {
      const { stdout } = await succeed([command, '--help'])
      for (const [flag] of stdout.matchAll(/^ {2,}(?:-\w, )?(--[a-z-]+)/gm))
        expect(page, command).toContain(flag.trim().replace(/^-\w, /, ''))
    }
    for (const schema of [
      statusDocumentSchema,
      optionsDocumentSchema,
      verifyDocumentSchema,
      diffDocumentSchema,
      undoDocumentSchema,
      resumeDocumentSchema,
    ])
      for (const field of Object.keys(schema.shape)) expect(page).toContain(`"${field}"`)
    for (const code of [0, 1, 2, 3, 4, 5, 130]) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
  })
})

describe.concurrent('options', () => {
  it('--json says what each value is best for, what is built, and since when something is discouraged', async () => {
    const { options } = documentOf((await succeed(['options', '--json'])).stdout, optionsDocumentSchema)
    for (const { name, default: start, values } of options) {
      expect(values, name).toHaveLength(4)
      expect(values.find(({ value }) => value === start)?.built, name).toBe(true)
      for (const { built, best_for, strengths } of values) expect(best_for !== '' && strengths !== '').toBe(built)
    }
  })

  it('as text marks the defaults and those without a blueprint', async () => {
    const { stdout } = await succeed(['options'])
    expect(stdout).toMatch(/^--experiment-tracking {3}Experiment tracker\n {2}\* mlflow +best for /m)
    expect(stdout).toMatch(/^ {4}neptune +no blueprint yet$/m)
    expect(stdout).not.toContain('\u001b')
  })
})

describe.concurrent('design --json', () => {
  it('gives an event a line and ends with run-end; standard error stays empty', async () => {
    const cwd = scratch()
    const args = ['design', '--requirements-file', CHURN, '--workspace', 'churn', '--verify', 'none', '--maturity', '1']
    const { stdout, stderr } = await succeed([...args, '--json'], { cwd })
    expect(stderr).toBe('')
    const lines = events(stdout)
    expect(lines[0]).toMatchObject({ type: 'run-start', workspace: join(cwd, 'churn'), maturity: 1 })
    expect(new Set(lines.map(({ type }) => type))).toEqual(
      new Set([
        'run-start',
        'phase-start',
        'agent-start',
        'deliverable-start',
        'prompt',
        'check-end',
        'commit',
        'deliverable-end',
        'agent-end',
        'phase-end',
        'run-end',
      ]),
    )
    expect(lines.filter(({ type }) => type === 'run-end')).toHaveLength(1)
    const end = lines.at(-1)
    expect(end).toMatchObject({ type: 'run-end', status: 'done', workspace: join(cwd, 'churn') })
    expect(end?.deliverables).toHaveLength(24)
  })

  it('gives nothing on standard output where nothing was begun', async () => {
    expect(await mlops(['design', '', '--json'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe.concurrent('status', () => {
  it('--json is one document of phases, agents and deliverables; looking changes nothing but what is remembered', async () => {
    const cwd = designedCopy()
    const tracked = () => snapshot(cwd).replace(/^\.\/\.mlops-agents\/memory.*\n/gm, '')
    const before = tracked()
    const document = documentOf((await succeed(['status', '--json'], { cwd })).stdout, statusDocumentSchema)
    expect(document).toMatchObject({ workspace: cwd, maturity: 5, options: { experiment_tracking: 'mlflow' } })
    expect(document.phases.map(({ id }) => id)).toEqual(['phase1', 'phase2', 'phase3', 'phase4'])
    const agents = document.phases.flatMap((phase) => phase.agents)
    expect(agents).toHaveLength(7)
    const deliverables = agents.flatMap((agent) => agent.deliverables)
    expect(deliverables).toHaveLength(24)
    const training = deliverables.find(({ id }) => id === 'training')
    expect(training).toMatchObject({ status: 'done', attempt: 1, level: 'none', reasons: [] })
    expect(training?.files).toEqual(
      git(cwd, 'ls-files', '--', ...(training?.files ?? []))
        .trim()
        .split('\n'),
    )
    expect(tracked()).toBe(before)
    const remembered = snapshot(cwd)
    expect(documentOf((await succeed(['status', '--json'], { cwd })).stdout, statusDocumentSchema)).toEqual(document)
    expect(snapshot(cwd)).toBe(remembered)
  })

  it('is the same in a clone, which has no record', async () => {
    const clone = join(scratch(), 'clone')
    git('/', 'clone', '-q', inject('designed'), clone)
    const [here, there] = await Promise.all(
      [inject('designed'), clone].map(
        async (root) => JSON.parse((await succeed(['status', '--json', '--workspace', root])).stdout) as object,
      ),
    )
    expect({ ...there, workspace: '' }).toEqual({ ...here, workspace: '' })
  })
})

/** All but the memory of verdicts, which verification may write and nobody has to keep. */
const seen = (cwd: string): string[] =>
  snapshot(cwd)
    .split('\n')
    .filter((line) => !line.startsWith('./.mlops-agents/memory'))

describe.concurrent('verify', () => {
  it('--json is one document; a broken file is named with its line, and what was edited is said', async () => {
    const [cwd, root] = [await smallCopy(), smallRoot()]
    write(cwd, 'conf/settings.yaml', 'store: [\n')
    git(cwd, 'rm', '-q', 'docs/report.md')
    git(cwd, 'commit', '-qam', 'a slip')
    const before = seen(cwd)
    const ended = await mlops(['verify', '--json'], { cwd, root })
    expect(ended.code, ended.stderr).toBe(3)
    const document = documentOf(ended.stdout, verifyDocumentSchema)
    expect(document).toMatchObject({ workspace: cwd, level: 'L1', status: 'fail' })
    expect(document.edited).toEqual(['conf/settings.yaml'])
    const failed = document.results.filter(({ status }) => status === 'fail')
    expect(failed).toContainEqual(
      expect.objectContaining({ file: 'conf/settings.yaml', line: 2, deliverable: 'sources' }),
    )
    expect(failed).toContainEqual(expect.objectContaining({ check: 'workspace/present', file: 'docs/report.md' }))
    for (const { status, version, reason } of document.results) {
      if (status === 'not run') expect(reason).not.toBe('')
      if (status === 'pass') expect(version).not.toBe('')
    }
    expect(document.deliverables.find(({ id }) => id === 'sources')?.level).toBe('none')
    expect(seen(cwd)).toEqual(before)
    const text = await mlops(['verify'], { cwd, root })
    expect(text.code).toBe(3)
    expect(text.stdout).toMatch(/conf\/settings\.yaml:\d+: yaml/)
    expect(text.stdout).toMatch(/edited by you and verified as they are: conf\/settings\.yaml/)
  })
})

describe.concurrent('doctor', () => {
  it('names platform, node and git with their versions, and ends with 0', async () => {
    const { stdout } = await succeed(['doctor'], { env: home('', { MLOPS_AGENTS_CACHE: scratch() }) })
    expect(stdout).toContain(process.versions.node)
    expect(stdout).toMatch(/ git +\d+\.\d+/)
    expect(stdout).toMatch(/ platform +linux .*tested/)
    expect(stdout).toMatch(/ uv +(\d+\.\d+|missing +.*--install)/)
    expect(stdout).toMatch(/ make +\S/)
  })

  it('says for each missing program what it is needed for', async () => {
    const bin = scratch()
    execFileSync('ln', ['-s', execFileSync('sh', ['-c', 'command -v git']).toString().trim(), join(bin, 'git')])
    const { stdout } = await succeed(['doctor'], { env: home('', { PATH: bin, MLOPS_AGENTS_CACHE: scratch() }) })
    expect(stdout).toMatch(/ make +missing +needed for L2 and L3/)
    expect(stdout).toMatch(/ shellcheck +missing +confirms/)
  })
})

describe.concurrent('completion', () => {
  it('for bash is accepted by bash, and completes commands, flags and values that follow', async () => {
    const { stdout } = await succeed(['completion', 'bash'])
    execFileSync('bash', ['-n'], { input: stdout })
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        [
          '-c',
          `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _mlops_agents; echo "\${COMPREPLY[@]}"`,
        ],
        { cwd: scratch(), encoding: 'utf8' },
      ).trim()
    expect(complete('mlops-agents', 'de')).toBe('design')
    expect(complete('mlops-agents', 'design', '--exp')).toBe('--experiment-tracking')
    expect(complete('mlops-agents', 'verify', '--le')).toBe('--level')
  })

  it.each([
    ['zsh', /^#compdef mlops-agents\n[\s\S]*compadd -- .*--experiment-tracking/],
    ['fish', /complete -c mlops-agents -n '__fish_seen_subcommand_from design' -l experiment-tracking/],
  ])('for %s has the flags of design', async (shell, expected) => {
    expect((await succeed(['completion', shell])).stdout).toMatch(expected)
  })
})
