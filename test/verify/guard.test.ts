import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { EmittedFile } from '../../src/types.js'
import { guard } from '../../src/verify/guard.js'
import { kindOf, YAML_KINDS } from '../../src/verify/kinds.js'
import { casesOf, churn, judged } from './guard-cases.js'

const said = async (one: Parameters<typeof judged>[0]) =>
  (await judged(one)).map(({ check, file, reason }) => `${check} ${file} ${reason}`)

describe('a harmful tailoring is refused for its reason', { timeout: 60_000 }, () => {
  it.each(casesOf('harmful'))('$name', async (one) => {
    const results = await judged(one)
    const own = results.filter(({ reason }) => reason.includes(one.reason ?? ''))
    expect(
      own.map(({ check, file }) => `${check} ${file}`),
      results.map(({ reason }) => reason).join('\n'),
    ).toContain(`${one.check} ${one.new ?? one.file}`)
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['fail']))
  })
})

describe('a legitimate tailoring is accepted', { timeout: 60_000 }, () => {
  it.each(casesOf('harmless'))('$name', async (one) => {
    expect(await said(one)).toEqual([])
  })
})

describe('a file that is made to get past', { timeout: 60_000 }, () => {
  const deep = '('.repeat(40_000)
  it.each([
    ['code without an end', 'src/ml_platform/evaluation/gate.py', `x = ${deep}1${')'.repeat(40_000)}\n`],
    ['a template of openings', 'deploy/charts/serving/templates/network-policy.yaml', '{{/*'.repeat(20_000)],
    ['a script of commands', 'scripts/deploy.sh', 'curl -a '.repeat(20_000)],
    ['settings of brackets', 'conf/base.yaml', `a: ${'['.repeat(3000)}`],
    ['an empty file', 'src/ml_platform/quality/gate.py', ''],
  ])('%s is refused and stops nothing', async (_, path, content) => {
    const { files, about } = await churn()
    const before = files.filter((file) => file.path === path)
    const begun = process.cpuUsage()
    const results = await guard(
      before,
      before.map((file) => ({ ...file, content })),
      [],
      about,
    )
    const { user, system } = process.cpuUsage(begun)
    expect((user + system) / 1e6).toBeLessThan(5)
    expect(results.every(({ file, status }) => file === path && status === 'fail')).toBe(true)
    expect(results.length + Number(path === 'conf/base.yaml')).toBeGreaterThan(0)
  })
})

describe('a bound', () => {
  const stated = casesOf('harmless').filter((one) => one.stated !== undefined)
  it.each(stated)('moves to its looser side only by what was stated: $name', async ({ stated: _, ...one }) => {
    expect(await said(one)).toHaveLength(1)
  })
})

describe('a file that only looks otherwise', { timeout: 60_000 }, () => {
  it('is accepted, of whatever kind: other layout, other notes', async () => {
    const { files, about } = await churn()
    const looks = files.map((file) => ({ ...file, content: otherwise(file) }))
    expect(looks.filter(({ content }, at) => content !== files[at]?.content).length).toBeGreaterThan(500)
    for (const deliverable of new Set(files.map((file) => file.deliverable))) {
      const own = (all: readonly EmittedFile[]) => all.filter((file) => file.deliverable === deliverable)
      expect(await guard(own(files), own(looks), [], about)).toEqual([])
    }
  })
})

/** The same file in the hand of somebody else. */
function otherwise(file: EmittedFile): string {
  const kind = kindOf(file)
  const { content } = file
  if (YAML_KINDS.includes(kind) && !file.path.endsWith('.lock'))
    return `# Written by hand.\n${parseAllDocuments(content)
      .map((document) => document.toString({ indentSeq: false, lineWidth: 60, flowCollectionPadding: false }))
      .join('')}`
  if (kind === 'json' || kind === 'dashboard') return `${JSON.stringify(JSON.parse(content), null, 7)}\n`
  if (kind === 'python' || kind === 'toml')
    return `# Written by hand.\n${content.replaceAll('\n\n\n', '\n\n\n# A note.\n')}`
  return ['terraform', 'helm-template', 'shell', 'dockerfile', 'makefile'].includes(kind)
    ? content.replaceAll('\n\n', '\n# A note.\n\n')
    : content
}
