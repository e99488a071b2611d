// Designing again: nothing changes where nothing changed, only what reads a change is made again, and what a person wrote stays.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { ASKED } from '../small/product.mjs'
import {
  CHURN,
  contents,
  designedCopy,
  edit,
  events,
  git,
  home,
  mlops,
  read,
  SENTENCE,
  scratch,
  snapshot,
  succeed,
  write,
} from './product.js'
import { smallCopy, smallRoot } from './small.js'

const AGAIN = ['design', '--verify', 'none', '--json']
const IN_PLACE = ['design', '--verify', 'none', '--workspace', '.']
const commit = (root: string) => git(root, 'commit', '-qam', 'my change')

/** Deliverables of a run's events that were made, in order. */
const made = (stdout: string) =>
  events(stdout)
    .filter(({ type }) => type === 'deliverable-start')
    .map(({ deliverable, reasons }) => ({ deliverable: String(deliverable), reasons: reasons as string[] }))

interface StatusShown {
  readonly phases: readonly { agents: { deliverables: { id: string; status: string; attempt: number }[] }[] }[]
}

/** All but spec.yaml, which also says who decided. */
function withoutSpec(root: string): Map<string, string> {
  const files = contents(root)
  files.delete('spec.yaml')
  return files
}

describe.concurrent('an unchanged workspace', () => {
  it.each([
    ['from its spec.yaml', []],
    ['from the same text', ['--requirements-file', CHURN, '--workspace', '.']],
    ['with a flag that says what is so already', ['--experiment-tracking', 'mlflow']],
    ['with verification', ['--verify', 'L1']],
  ])('is not written to, not even in .git or the record: %s', async (_, flags) => {
    const cwd = designedCopy()
    const before = snapshot(cwd)
    const { stdout } = await succeed([...AGAIN, ...flags], { cwd })
    expect(made(stdout)).toEqual([])
    expect(events(stdout).at(-1)).toMatchObject({ type: 'run-end', status: 'done', workspace: cwd })
    expect(snapshot(cwd)).toBe(before)
  })

  it('is the same, byte for byte, wherever and by whomever it is designed', async () => {
    const cwd = join(scratch(), 'a folder with spaces', 'ünïcode')
    mkdirSync(cwd, { recursive: true })
    const env = home('[user]\n name = Grace\n email = grace@example.com\n', {
      TZ: 'Pacific/Auckland',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      USER: 'grace',
      HOSTNAME: 'other',
    })
    await succeed(['design', '--requirements-file', CHURN, '--workspace', 'deep/er', '--verify', 'none'], { cwd, env })
    expect(contents(join(cwd, 'deep', 'er'))).toEqual(contents(inject('designed')))
    expect(git(join(cwd, 'deep', 'er'), 'rev-parse', 'HEAD^{tree}')).toBe(
      git(inject('designed'), 'rev-parse', 'HEAD^{tree}'),
    )
  })
})

describe.concurrent('moving up a maturity', () => {
  it('makes what it adds and what reads that, and leaves the rest at its first attempt', async () => {
    const cwd = scratch()
    const args = ['--requirements-file', CHURN, '--workspace', 'churn', '--maturity']
    await succeed(['design', ...args, '3', '--verify', 'none', '--yes'], { cwd })
    const { stdout } = await succeed([...AGAIN, ...args, '4', '--yes'], { cwd })
    const again = made(stdout)
    expect(again.find(({ deliverable }) => deliverable === 'experiment-design')?.reasons).toEqual(['first attempt'])
    expect(again.find(({ deliverable }) => deliverable === 'training')?.reasons).toEqual([
      'experiment-design gives other files',
    ])
    const names = again.map(({ deliverable }) => deliverable)
    const left = ['ingestion', 'data-quality', 'features', 'model-requirements', 'tracking', 'registry', 'drift']
    expect(left.filter((name) => names.includes(name))).toEqual([])
    const { stdout: shown } = await succeed(['status', '--json', '--workspace', 'churn'], { cwd })
    const document = JSON.parse(shown) as StatusShown
    const states = document.phases.flatMap(({ agents }) => agents.flatMap(({ deliverables }) => deliverables))
    expect(states.filter(({ id }) => left.includes(id))).toEqual(
      left.map((id) => expect.objectContaining({ id, status: 'done', attempt: 1 })),
    )
  })
})

describe.concurrent('a design with a failed check', () => {
  it('fails again as long as nothing is done about it, although there is nothing to make', async () => {
    // Nothing reaches the modules of so small a platform, which the checks do not let pass.
    const [cwd, root] = [scratch(), smallRoot()]
    const args = ['design', ASKED, '--workspace', 'small', '--json']
    for (const making of [true, false]) {
      const { code, stdout } = await mlops(args, { cwd, root })
      expect(code).toBe(3)
      expect(made(stdout).length > 0).toBe(making)
      expect(events(stdout).at(-1)).toMatchObject({ type: 'run-end', status: 'failed' })
    }
  })
})

describe.concurrent('--dry-run', () => {
  it('prints the plan and every prompt with its size, and writes nothing', async () => {
    const cwd = scratch()
    const args = ['design', '--requirements-file', CHURN, '--workspace', 'churn', '--dry-run']
    const { stdout } = await succeed(args, { cwd })
    expect(stdout).toMatch(/=== ingestion: make \(first attempt\), \d+ files, prompt of about \d+ tokens/)
    expect(stdout).toMatch(/about \d+ tokens of prompts in all \(an estimate\).*Nothing was written/)
    expect(readdirSync(cwd)).toEqual([])

    const lines = events((await succeed([...args, '--json'], { cwd })).stdout)
    const plans = lines.filter(({ type }) => type === 'plan')
    expect(plans).toHaveLength(24)
    for (const plan of plans.filter(({ files }) => files !== undefined)) {
      expect(plan.prompt).toContain('2.4 million mobile subscribers')
      expect(plan.tokens).toBeGreaterThan(100)
    }
    expect(lines.at(-1)).toMatchObject({
      type: 'run-end',
      status: 'done',
      dry_run: true,
      workspace: join(cwd, 'churn'),
    })
    expect(readdirSync(cwd)).toEqual([])
  })

  it('says what a change would make again, and leaves the workspace alone', async () => {
    const cwd = designedCopy()
    const before = snapshot(cwd)
    const { stdout } = await succeed(['design', '--dry-run', '--json', '--experiment-tracking', 'wandb'], { cwd })
    const plan = events(stdout).find(({ deliverable }) => deliverable === 'tracking')
    expect(plan).toMatchObject({
      action: 'make',
      reasons: expect.arrayContaining(['experiment_tracking was mlflow, now wandb']),
    })
    expect(snapshot(cwd)).toBe(before)
  })
})

describe.concurrent('the record', () => {
  it('holds every prompt by its content, offline too', () => {
    const root = inject('designed')
    const log = events(read(root, '.mlops-agents/runs/1.jsonl'))
    const prompts = log.filter(({ type }) => type === 'prompt')
    const done = log.filter(({ type, status }) => type === 'deliverable-end' && status === 'done')
    expect(prompts.map(({ deliverable }) => deliverable).sort()).toEqual(
      done.map(({ deliverable }) => deliverable).sort(),
    )
    expect(prompts.length).toBeGreaterThan(10)
    const blobs = readdirSync(join(root, '.mlops-agents/blobs'), { recursive: true }).map(String)
    for (const { sha256 } of prompts) {
      const file = blobs.find((name) => name.endsWith(String(sha256)))
      const text = read(root, `.mlops-agents/blobs/${file}`)
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256)
      expect(text).toContain('subscriber')
    }
    expect(git(root, 'status', '--porcelain')).toBe('')
  })
})

describe.concurrent('a spec.yaml edited by hand', () => {
  it('leads to a new attempt of what reads the change, and of nothing else; the edit stays', async () => {
    const cwd = designedCopy()
    edit(cwd, 'spec.yaml', /(data:[\s\S]*?history_months:\n {4}value: )24/, '$136')
    commit(cwd)
    const status = await succeed(['status'], { cwd })
    expect(status.stdout).toMatch(/[1-9]\d* stale/)
    expect(status.stdout).toMatch(/ {6}you edited spec\.yaml: data\.history_months 24 -> 36/)
    const { stdout } = await succeed(AGAIN, { cwd })
    const again = made(stdout)
    expect(again.map(({ deliverable }) => deliverable)).toContain('ingestion')
    for (const { deliverable, reasons } of again) expect(reasons, deliverable).not.toEqual(['first attempt'])
    for (const { deliverable, reasons } of again)
      for (const reason of reasons)
        expect(reason, deliverable).toMatch(
          /^(you edited spec\.yaml: data\.history_months 24 -> 36|contract: .+ \(by [a-z-]+\)|[a-z-]+ gives other files|other deliverables give \S+ something else)$/,
        )
    expect(again.map(({ deliverable }) => deliverable)).not.toContain('model-monitoring')
    expect(read(cwd, 'spec.yaml')).toMatch(/history_months:\n {4}value: 36\n {4}origin: edited/)
    expect(read(cwd, 'spec.yaml')).not.toMatch(/data\.history_months: 24/)
    expect(git(cwd, 'status', '--porcelain')).toBe('')
    const before = snapshot(cwd)
    await succeed(AGAIN, { cwd })
    expect(snapshot(cwd)).toBe(before)
  })

  it('wins over a text that says otherwise, and the person is told', async () => {
    const cwd = designedCopy()
    edit(cwd, 'spec.yaml', /(latency_ms:\n {4}value: )150/, '$1' + '90')
    commit(cwd)
    const { stdout } = await succeed([...IN_PLACE, '--requirements-file', CHURN], { cwd })
    expect(stdout).toMatch(/Kept +serving\.latency_ms.*your edit of spec\.yaml wins over the text/)
    expect(read(cwd, 'spec.yaml')).toMatch(/latency_ms:\n {4}value: 90\n {4}origin: edited/)
  })
})

describe.concurrent('options and maturity', () => {
  it('an option changed and changed back gives the same files; what the other one needed is gone', async () => {
    const cwd = designedCopy()
    const before = withoutSpec(cwd)
    const { stdout } = await succeed([...AGAIN, '--experiment-tracking', 'wandb'], { cwd })
    expect(made(stdout).map(({ deliverable }) => deliverable)).toContain('tracking')
    expect(made(stdout).map(({ deliverable }) => deliverable)).not.toContain('data-quality')
    expect(existsSync(join(cwd, 'tests/integration/test_mlflow.py'))).toBe(false)
    expect(read(cwd, 'pyproject.toml')).toMatch(/wandb==/)
    expect(read(cwd, 'pyproject.toml')).not.toMatch(/mlflow==/)
    expect(read(cwd, 'spec.yaml')).toMatch(/experiment_tracking:\n {4}value: wandb\n {4}origin: edited/)
    expect(git(cwd, 'status', '--porcelain')).toBe('')
    await succeed([...AGAIN, '--experiment-tracking', 'mlflow'], { cwd })
    expect(withoutSpec(cwd)).toEqual(before)
  })

  it('maturity 3, then 1, is what 1 gives from the start; 3 again is what it was', async () => {
    const [cwd, root] = [await smallCopy(), smallRoot()]
    const before = withoutSpec(cwd)
    const { stdout } = await succeed([...AGAIN, '--maturity', '1'], { cwd, root })
    expect(events(stdout).at(-1)).toMatchObject({
      deliverables: expect.arrayContaining([{ id: 'guard', status: 'not at this maturity', level: 'none', files: 0 }]),
    })
    expect(existsSync(join(cwd, 'src/guard.py'))).toBe(false)
    const fresh = scratch()
    await succeed(['design', ASKED, '--workspace', 'w', '--maturity', '1', '--verify', 'none'], { cwd: fresh, root })
    expect(withoutSpec(cwd)).toEqual(withoutSpec(join(fresh, 'w')))
    await succeed([...AGAIN, '--maturity', '3'], { cwd, root })
    expect(withoutSpec(cwd)).toEqual(before)
  })
})

describe.concurrent("a person's own work", () => {
  it('in files, new files and deleted ones survives a changed design', async () => {
    const cwd = designedCopy()
    edit(cwd, 'README.md', /$/, '\nOur contact is the churn team.\n')
    edit(cwd, 'pyproject.toml', /^/, '# Ours.\n')
    write(cwd, 'notebooks/idea.py', 'print("mine")\n')
    rmSync(join(cwd, 'tests/integration/test_tracking.py'))
    git(cwd, 'add', '-A')
    commit(cwd)
    expect(git(cwd, 'ls-files', '.mlops-agents')).toBe('')
    write(cwd, 'untracked.txt', 'not even committed')
    const { stdout } = await succeed(['design', '--verify', 'none', '--experiment-tracking', 'wandb'], { cwd })
    expect(read(cwd, 'README.md')).toContain('Our contact is the churn team.')
    expect(read(cwd, 'pyproject.toml')).toMatch(/^# Ours\.[\s\S]*wandb==/)
    expect(read(cwd, 'notebooks/idea.py')).toBe('print("mine")\n')
    expect(read(cwd, 'untracked.txt')).toBe('not even committed')
    expect(existsSync(join(cwd, 'tests/integration/test_tracking.py'))).toBe(false)
    expect(stdout).toMatch(/ {2}deliverable +files +level/)
    expect(git(cwd, 'log', '--format=%an', '--', 'notebooks')).toBe('Ada\n')
  })

  it('in the lines that the design changes too is left as it is, and the person is asked', async () => {
    const cwd = await smallCopy()
    write(cwd, 'docs/store.md', '# Store\n\nOurs is in a drawer.\n')
    commit(cwd)
    const before = contents(cwd)
    const ended = await mlops([...AGAIN, '--feature-store', 'custom'], { cwd, root: smallRoot() })
    expect(ended.code).toBe(4)
    expect(ended.stderr).toMatch(/ {2}docs\/store\.md: you and the new design changed the same lines/)
    expect(ended.stderr).toMatch(
      /Merge the branch yourself \(git merge mlops-agents\/generated\), resolve, commit, then run mlops-agents resume/,
    )
    expect(events(ended.stdout).at(-1)).toMatchObject({ type: 'run-end', status: 'waiting' })
    expect(read(cwd, 'docs/store.md')).toBe(before.get('docs/store.md'))
    expect(git(cwd, 'status', '--porcelain')).toBe('')
  })
})

describe.concurrent('without --workspace', () => {
  it('the folder has the name of the project, and designing there again keeps edits', async () => {
    const [cwd, root] = [scratch(), smallRoot()]
    await succeed(['design', SENTENCE, '--verify', 'none'], { cwd, root })
    const [name = '', ...others] = readdirSync(cwd)
    expect(others).toEqual([])
    expect(read(cwd, `${name}/spec.yaml`)).toMatch(new RegExp(`^name: ${name}$`, 'm'))
    expect(name).toMatch(/^[a-z][a-z0-9-]+$/)
    const here = join(cwd, name)
    edit(here, 'spec.yaml', /(latency_ms:\n {4}value: )\d+/, '$1' + '90')
    commit(here)
    await succeed(['design', SENTENCE, '--verify', 'none'], { cwd, root })
    expect(readdirSync(cwd)).toEqual([name])
    expect(read(here, 'spec.yaml')).toMatch(/latency_ms:\n {4}value: 90\n {4}origin: edited/)
  })
})
