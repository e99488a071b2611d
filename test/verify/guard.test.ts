import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { EmittedFile } from '../../src/types.js'
import { guard, guardLevel } from '../../src/verify/guard.js'
import { statedNumbers } from '../../src/verify/guard-stated.js'
import { kindOf, YAML_KINDS } from '../../src/verify/kinds.js'
import { type Choice, platformOf } from '../emitted/platforms.js'
import { CHURN, casesOf, churn, judged } from './guard-cases.js'

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

describe('the level of a deliverable', () => {
  const levels = (level: 'none' | 'L1' | 'L3') => new Map([['training', { level, failed: [], notRun: [] }]])

  it('may stay or rise', () => {
    expect(guardLevel(levels('L1'), levels('L1'))).toEqual([])
    expect(guardLevel(levels('L1'), levels('L3'))).toEqual([])
  })

  it('may not fall', () => {
    expect(
      guardLevel(levels('L3'), levels('L1')).map(({ check, deliverable, reason }) => [check, deliverable, reason]),
    ).toEqual([['guard/level', 'training', expect.stringContaining('was verified to L3 and is now to L1')]])
    expect(guardLevel(levels('L1'), new Map())).toHaveLength(1)
  })
})

describe('what the product itself makes of other requirements', { timeout: 60_000 }, () => {
  const refused = async (from: Choice, to: Choice, stated: 'said' | 'unsaid') => {
    const [was, is] = [await platformOf(from), await platformOf(to)]
    const words = stated === 'said' ? statedNumbers(is.spec) : []
    const results = []
    for (const deliverable of new Set(was.composition.files.map((file) => file.deliverable))) {
      const [baseline, tailored] = [was, is].map(({ composition }) =>
        composition.files.filter((file) => file.deliverable === deliverable),
      )
      const gone = (baseline ?? [])
        .map(({ path }) => path)
        .filter((path) => !tailored?.some((file) => file.path === path))
      const about = { contract: was.contract, stated: words, project: was.composition.files }
      results.push(...(await guard(baseline ?? [], tailored ?? [], gone, about)))
    }
    return results.map(({ check, file, reason }) => `${check} ${file} ${reason}`)
  }
  const slow = { ...CHURN, instead: ['150 ms', '400 ms'] } as const

  it('is accepted for a latency that is stated, shorter or longer', async () => {
    expect(await refused(slow, CHURN, 'said')).toEqual([])
    expect(await refused(CHURN, slow, 'said')).toEqual([])
  })

  it('is refused for a longer latency that nobody has stated', async () => {
    const results = await refused(CHURN, slow, 'unsaid')
    expect(results.filter((one) => /ServingLatencyHigh: it fires at >= 0.4/.test(one))).toHaveLength(1)
    expect(results.filter((one) => /bounds.latencySeconds went from 0.15 to 0.4/.test(one))).toHaveLength(1)
  })

  it('is accepted where the platform grows up', async () => {
    expect(await refused({ ...CHURN, maturity: 2 }, CHURN, 'said')).toEqual([])
  })

  it('is refused where it would become less', async () => {
    expect((await refused(CHURN, { ...CHURN, maturity: 2 }, 'said')).length).toBeGreaterThan(50)
  })
})
