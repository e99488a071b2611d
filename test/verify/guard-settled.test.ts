// What is left of a tailoring of which one file does harm: everything else, and the reason.
import { expect, it } from 'vitest'
import { settle, type Work } from '../../src/agent/settle.js'
import { guard } from '../../src/verify/guard.js'
import { casesOf, churn, tailoredBy } from './guard-cases.js'

const cases = casesOf('harmful').filter((one) => one.remove !== true && one.new === undefined)

it.each(cases)('only the harmful file is dropped: $name', { timeout: 60_000 }, async (one) => {
  const { files, about } = await churn()
  const { before, content } = await tailoredBy(one)
  const baseline = files.filter(({ deliverable }) => deliverable === before.deliverable)
  const others = baseline.filter((file) => file !== before && /\.(py|yaml|tf|md)$/.test(file.path)).slice(0, 2)
  const noted = others.map((file) => [file.path, `${file.content}# A note.\n`] as const)
  const judge = ({ files: written, removed }: Work) => {
    const tailored = [...written].flatMap(([path, text]) =>
      baseline.filter((file) => file.path === path).map((file) => ({ ...file, content: text })),
    )
    return guard(baseline, tailored, removed, { ...about, project: files })
  }
  const work: Work = { files: new Map([...noted, [before.path, content]]), removed: [], contract: [] }
  const settled = await settle(work, await judge(work), judge)
  expect([...settled.files.keys()]).toEqual(noted.map(([path]) => path))
  expect(settled.dropped.map(({ path }) => path)).toEqual([before.path])
  expect(settled.dropped[0]?.reason).toMatch(/^guard\/\w+: /)
})
