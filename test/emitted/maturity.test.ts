// Start small, add complexity: a platform holds nothing of a higher maturity, and moving up takes nothing away.
import { describe, expect, it } from 'vitest'
import { deliverablesAt } from '../../src/workflow/order.js'
import { definitions, EXAMPLES, filesOf, MATURITIES, platformOf } from './platforms.js'

/** What a file is about, by its path, and the maturity at which that begins. */
const BEGINS: readonly (readonly [number, RegExp])[] = [
  // monitoring/criteria.py judges every criterion of the contract, so serving and tracking have it from the start.
  [
    2,
    /ml_platform\/(quality|monitoring)\/(?!(__init__|criteria)\.py)|drift|stages\/(validate|monitor)\.py|dags\/monitoring/,
  ],
  [3, /\/(tuning|performance)\/|profiling/],
  [4, /\/experiments\/|ab_test|sample_size|experiment-design|rollout|canary/],
  [5, /ensemble|side_by_side/],
]

/** Words that documents, settings and the contract have no reason for below that maturity. */
const WORDS: readonly (readonly [number, RegExp])[] = [
  [2, /great[_-]expectations|\bdrift|\bpsi\b|NotValidated|stage validate|stage monitor/i],
  [3, /\boptuna\b|hyper-?parameter|\btrials\b|\bprofil(er|ing)\b/i],
  [4, /\ba\/b\b|\bab_test|sample size|\bcanary\b/i],
  [5, /\bensembles?\b|side by side/i],
]
const SAID = /\.(md|ya?ml|toml)$|(^|\/)Makefile$/

/** Without what the contract says is left out: only there may a higher maturity be named. */
const wanted = (path: string, content: string): string =>
  path === 'contract.yaml' ? (content.split(/^not_applicable:/m)[0] ?? '') : content

/** Names of a file by which others could reach it: its path, or its module. */
const reachedBy = (path: string): string[] => {
  const module = /^src\/(.+?)(\/__init__)?\.py$/.exec(path)?.[1]
  return module === undefined ? [path] : [path, module.replaceAll('/', '.')]
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const named = (contract: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(contract).flatMap(([section, entries]) =>
    section !== 'not_applicable' && entries !== null && typeof entries === 'object' && !Array.isArray(entries)
      ? Object.keys(entries).map((name) => `${section}.${name}`)
      : [],
  )

describe.each(EXAMPLES)('%s', (example) => {
  it.each(MATURITIES)('at maturity %i has only deliverables of it, all that are built', async (maturity) => {
    const { composition } = await platformOf({ example, maturity })
    const highest = await platformOf({ example, maturity: 5 })
    const allowed = deliverablesAt(definitions.loaded.workflow, maturity).map(({ deliverable }) => deliverable.id)
    expect([...composition.baselines.keys()]).toEqual(allowed.filter((id) => highest.composition.baselines.has(id)))
    expect(composition.files.filter(({ deliverable }) => !allowed.includes(deliverable))).toEqual([])
  })

  it.each([1, 2, 3, 4])('at maturity %i holds nothing of a higher one', async (maturity) => {
    const files = filesOf(await platformOf({ example, maturity }))
    const higher = (subjects: typeof BEGINS) => subjects.filter(([begins]) => begins > maturity)
    expect(
      files.map(({ path }) => path).filter((path) => higher(BEGINS).some(([, about]) => about.test(path))),
    ).toEqual([])
    const said = files
      .filter(({ path }) => SAID.test(path))
      .flatMap(({ path, content }) =>
        wanted(path, content)
          .split('\n')
          .flatMap((line, at) =>
            higher(WORDS).some(([, words]) => words.test(line)) ? [`${path}:${at + 1} ${line.slice(0, 160)}`] : [],
          ),
      )
    expect(said).toEqual([])
  })

  it.each([1, 2, 3, 4])('at maturity %i refers to no file of a higher one', async (maturity) => {
    const files = filesOf(await platformOf({ example, maturity }))
    const here = new Set(files.map(({ path }) => path))
    const absent = filesOf(await platformOf({ example, maturity: 5 })).filter(({ path }) => !here.has(path))
    const names = absent.flatMap(({ path }) => reachedBy(path))
    const found = files.flatMap(({ path, content }) =>
      names
        .filter((name) => content.includes(name) && new RegExp(`${escaped(name)}(?![\\w.]*\\w)`).test(content))
        .map((name) => `${path} ${name}`),
    )
    expect(absent.length).toBeGreaterThan(0)
    expect(found).toEqual([])
  })

  it.each([1, 2, 3, 4])('moving up from %i takes no file and no name away', async (maturity) => {
    const lower = await platformOf({ example, maturity })
    const higher = await platformOf({ example, maturity: maturity + 1 })
    const paths = new Set(filesOf(higher).map(({ path }) => path))
    expect(
      filesOf(lower)
        .filter(({ path }) => !paths.has(path))
        .map(({ path }) => path),
    ).toEqual([])
    const names = new Set(named(higher.contract))
    expect(named(lower.contract).filter((name) => !names.has(name))).toEqual([])
    expect(filesOf(higher).length).toBeGreaterThan(filesOf(lower).length)
  })
})
