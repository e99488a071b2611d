// The scripts that talk to a cloud, run as a user receives them, with small programs in the place of the cloud's own.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesOf, platformOf } from './platforms.js'

const ENDED = { status: 0, text: '' }
let folder: string
let project: string
let name: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delivery-'))
  project = join(folder, 'project')
  const platform = await platformOf({ example: 'churn-telecom', maturity: 5 })
  for (const { path, content } of filesOf(platform)) {
    if (!/^(scripts|docker|infrastructure|deploy\/environments)\//.test(path)) continue
    await mkdir(dirname(join(project, path)), { recursive: true })
    await writeFile(join(project, path), content)
    await chmod(join(project, path), 0o755)
  }
  name = /^project="(.*)"$/m.exec(await readFile(join(project, 'scripts/restore-drill.sh'), 'utf8'))?.[1] ?? ''
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Puts programs of these names and bodies before every other on PATH; each writes down how it was called. */
async function programs(
  bodies: Readonly<Record<string, string>>,
): Promise<{ PATH: string; calls: () => Promise<string> }> {
  const place = await mkdtemp(join(folder, 'bin-'))
  const log = join(place, 'calls')
  await writeFile(log, '')
  for (const [program, body] of Object.entries(bodies)) {
    await writeFile(join(place, program), `#!/usr/bin/env bash\necho "${program} $*" >> '${log}'\n${body}\n`, {
      mode: 0o755,
    })
  }
  return { PATH: `${place}:${process.env.PATH}`, calls: () => readFile(log, 'utf8') }
}

function run(script: string, args: readonly string[], PATH: string): Promise<typeof ENDED> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      [join(project, script), ...args],
      { cwd: project, env: { ...process.env, PATH } },
      (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, text: out + err }),
    )
  })
}

const MODEL = 'the served model'
const sha = createHash('sha256').update(MODEL).digest('hex')

/** An account with two databases and a bucket, as far as the drill asks about it. */
function account(made: { hoursOld: number; stored: string; snapshots?: boolean }): string {
  const created = new Date(Date.now() - made.hoursOld * 3_600_000).toISOString()
  const snapshots =
    made.snapshots === false
      ? []
      : [{ DBSnapshotIdentifier: 'rds:latest', Status: 'available', SnapshotCreateTime: created }]
  const instances = ['tracker', 'orchestrator'].map((one) => ({
    DBInstanceIdentifier: `${name}-staging-${one}`,
    DBSubnetGroup: { DBSubnetGroupName: 'inside' },
  }))
  return `case "$*" in
  "sts get-caller-identity"*) echo 123456789012 ;;
  "rds describe-db-instances"*) echo '${JSON.stringify({ DBInstances: instances })}' ;;
  "rds describe-db-snapshots"*) echo '${JSON.stringify({ DBSnapshots: snapshots })}' ;;
  "s3api get-object"*_index.json*) echo '{"serving/model.skops":"${sha}"}' > "\${!#}" ;;
  "s3api get-object"*) printf '%s' '${made.stored}' > "\${!#}" ;;
  "s3api list-object-versions"*) echo '{"Versions":[{"Key":"_index.json","IsLatest":false,"LastModified":"2026-01-01","VersionId":"v1"}]}' ;;
esac`
}

describe('restore-drill.sh', () => {
  it('restores every database beside the one that runs, compares the model, and leaves nothing behind', async () => {
    const { PATH, calls } = await programs({ aws: account({ hoursOld: 5, stored: MODEL }) })
    const ended = await run('scripts/restore-drill.sh', ['staging'], PATH)
    expect(ended).toMatchObject({ status: 0, text: expect.stringContaining('can be brought back') })
    expect(ended.text).toContain('1 files of the served version')
    const log = await calls()
    for (const one of ['tracker', 'orchestrator']) {
      expect(log).toContain(
        `restore-db-instance-from-db-snapshot --db-instance-identifier ${name}-staging-${one}-drill`,
      )
      expect(log).toContain(`delete-db-instance --db-instance-identifier ${name}-staging-${one}-drill`)
    }
    expect(log).not.toMatch(/delete-db-instance --db-instance-identifier \S+-(tracker|orchestrator) /)
  })

  it.each([
    ['a file that is not what was stored', { hoursOld: 5, stored: 'something else' }, 'expected'],
    ['a snapshot that is too old', { hoursOld: 27, stored: MODEL }, 'hours old'],
    ['no snapshot', { hoursOld: 5, stored: MODEL, snapshots: false }, 'has no automatic snapshot'],
  ])('fails on %s', async (_what, made, words) => {
    const { PATH } = await programs({ aws: account(made) })
    const ended = await run('scripts/restore-drill.sh', ['staging'], PATH)
    expect(ended.status).toBe(1)
    expect(ended.text).toContain(words)
  })

  it('restores nothing in a trial run', async () => {
    const { PATH, calls } = await programs({ aws: account({ hoursOld: 5, stored: MODEL }) })
    expect(await run('scripts/restore-drill.sh', ['staging', '--dry-run'], PATH)).toMatchObject({ status: 0 })
    expect(await calls()).not.toContain('restore-db-instance')
  })
})

describe('bootstrap.sh', () => {
  const given = ['dev', '--budget', '1500', '--recipient', 'a@example.org', '--mail', 'smtp.example.org:587']
  const mail = ['--mail-from', 'a@example.org', '--mail-to', 'b@example.org']

  it.each([
    ['an unknown environment', ['test'], 'expected dev, staging or prod'],
    ['no budget', ['dev'], 'expected --budget'],
    ['a budget that is no number', ['dev', '--budget', 'much'], "got 'much'"],
    ['nobody who hears of it', ['dev', '--budget', '10'], 'expected --recipient'],
    ['no mail for alerts', given, 'expected --mail, --mail-from and --mail-to'],
  ])('refuses %s', async (_what, args, words) => {
    const ended = await run('scripts/bootstrap.sh', args, process.env.PATH ?? '')
    expect(ended.status).toBe(2)
    expect(ended.text).toContain(words)
  })

  it('takes a stated budget, and asks what a foreign currency is worth', async () => {
    const stated = join(project, 'infrastructure/environments/staging/terraform.tfvars')
    await appendFile(stated, '\nmonthly_budget  = 800\nbudget_currency = "EUR"\n')
    const PATH = process.env.PATH ?? ''
    const unknown = await run('scripts/bootstrap.sh', ['staging'], PATH)
    expect(unknown.text).toContain('stated as 800 EUR, and AWS counts in US dollars: expected --rate')
    for (const answer of [
      ['--rate', '1.1'],
      ['--budget', '900'],
    ]) {
      const ended = await run('scripts/bootstrap.sh', ['staging', ...answer], PATH)
      expect(ended.text).toContain('expected --recipient')
    }
  })

  it('prints every command in a trial run, and changes nothing', async () => {
    const nothing = Object.fromEntries(['docker', 'gh', 'helm', 'kubectl', 'tofu'].map((one) => [one, '']))
    const git = `case "$*" in
      "rev-parse --show-toplevel") pwd ;;
      "rev-parse HEAD") echo 0123 ;;
      "remote get-url origin") echo git@github.com:owner/name.git ;;
    esac`
    for (const lock of [
      'uv.lock',
      ...['checks', 'orchestrator', 'serving', 'tracker'].map((one) => `environments/${one}/uv.lock`),
    ]) {
      await mkdir(dirname(join(project, lock)), { recursive: true })
      await writeFile(join(project, lock), '')
    }
    const { PATH, calls } = await programs({ ...nothing, git, aws: 'echo 123456789012' })
    const ended = await run('scripts/bootstrap.sh', [...given, ...mail, '--dry-run'], PATH)
    expect(ended).toMatchObject({ status: 0 })
    expect(ended.text).toContain('account 123456789012, repository owner/name')
    for (const step of [1, 2, 3, 4, 5, 6, 7]) expect(ended.text).toContain(`bootstrap: ${step} `)
    expect(await calls()).not.toMatch(/^(docker|gh|helm|kubectl|tofu) /m)
  })
})

describe('teardown.sh', () => {
  const quiet = { aws: '', kubectl: '', tofu: 'echo "{}"' }

  it('does nothing without the name of what is to go', async () => {
    await mkdir(join(project, 'infrastructure/environments/dev/.terraform'), { recursive: true })
    const { PATH, calls } = await programs(quiet)
    expect(await run('scripts/teardown.sh', ['dev', '--yes', 'other'], PATH)).toMatchObject({ status: 2 })
    expect(await calls()).toBe('')
  })

  it('refuses prod while it is protected', async () => {
    await mkdir(join(project, 'infrastructure/environments/prod/.terraform'), { recursive: true })
    const { PATH, calls } = await programs(quiet)
    const ended = await run('scripts/teardown.sh', ['prod', '--yes', `${name}-prod`], PATH)
    expect(ended).toMatchObject({ status: 2, text: expect.stringContaining('is protected') })
    expect(await calls()).toBe('')
  })
})

describe('pin.sh', () => {
  it('writes the digest behind each tag, and the one of today when it runs again', async () => {
    for (const digit of ['a', 'b']) {
      const digest = `sha256:${digit.repeat(64)}`
      const { PATH } = await programs({ skopeo: `echo ${digest}` })
      expect(await run('scripts/pin.sh', [], PATH)).toMatchObject({ status: 0 })
      const file = await readFile(join(project, 'docker/training.Dockerfile'), 'utf8')
      expect(file).toContain(`FROM ghcr.io/astral-sh/uv:0.13.8@${digest} AS uv`)
      expect(file).toMatch(new RegExp(`^FROM python:3.11-slim-bookworm@${digest}$`, 'm'))
      expect(await readFile(join(project, 'scripts/tool.sh'), 'utf8')).toContain(
        `rhysd/actionlint:1.7.12@${digest} entry`,
      )
    }
  })
})

describe('publish.sh', () => {
  it('pushes what is not there yet, and says the digest of each image', async () => {
    const { PATH, calls } = await programs({
      skopeo: `case "$*" in "inspect --raw"*) printf manifest ;; "inspect --format"*training*) echo "sha256:$(printf manifest | sha256sum | cut -d' ' -f1)" ;; esac`,
    })
    const images = (await readFile(join(project, 'docker/images'), 'utf8')).trim().split('\n')
    for (const line of images) await writeFile(join(folder, `${line.split(' ')[0]}.tar`), '')
    const ended = await run('scripts/publish.sh', [folder, 'registry.example.org', 'abc'], PATH)
    const digest = `sha256:${createHash('sha256').update('manifest').digest('hex')}`
    expect(ended).toEqual({
      status: 0,
      text: `${images.map((line) => `${line.split(' ')[0]} ${digest}`).join('\n')}\n`,
    })
    const copied = (await calls()).split('\n').filter((line) => line.startsWith('skopeo copy'))
    expect(copied).toHaveLength(images.length - 1)
    expect(copied.join(' ')).not.toContain('-training:abc')
  })
})
