// What it takes to judge what an agent submits: one file of each deliverable of the real platform gets a line more.
//   node checks.mjs   prints CPU ms of the first judgement, which learns the platform, and the median of the others
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { median } from '../measure.mjs'
import { built, root } from './talk.mjs'

const [{ specify }, { loadCatalogue, loadDefinitions }, { buildPlatform }, { specFiles }, { overlayJudge }] =
  await Promise.all(
    ['cli/specify', 'run/definitions', 'run/platform', 'run/workspace-engine', 'verify/overlay'].map((name) =>
      built(`${name}.js`),
    ),
  )
const text = readFileSync(path.join(root, 'examples', 'churn-telecom.txt'), 'utf8')
const asked = { text, choices: new Map(), maturity: 5, undecided: 'take defaults' }
const [definitions, catalogue] = [await loadDefinitions(root), await loadCatalogue(root)]
const { spec } = await specify(asked, definitions, catalogue)
const platform = await buildPlatform(definitions, spec)
const files = [...platform.composition.files, ...specFiles(platform)]

// A line more in any of these is a comment or nothing.
const changed = new Map()
for (const file of files)
  if (/\.(py|ya?ml|tf|sh|md)$/.test(file.path) && !changed.has(file.deliverable)) changed.set(file.deliverable, file)
const judge = overlayJudge(files, platform.contract)
const took = []
for (const file of changed.values()) {
  const before = process.cpuUsage()
  await judge({ files: [{ ...file, content: `${file.content}\n# One line more.\n` }], removed: [] })
  const { user, system } = process.cpuUsage(before)
  took.push((user + system) / 1000)
}
console.log(JSON.stringify({ first_ms: took[0], others_ms: median(took.slice(1)), judged: took.length }))
process.exit(0)
