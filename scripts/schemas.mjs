// Writes the JSON Schemas of the files that people edit and of the documents that programs read; a test compares them with zod's.
// Usage: npm run build && npm run schemas [folder to write into, default: here]
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

const root = join(dirname(new URL(import.meta.url).pathname), '..')
const target = process.argv[2] ?? root

const schemas = [
  ['workflows/schema.json', 'dist/workflow/schema.js', 'workflowSchema', 'Workflow'],
  ['docs/schemas/spec.json', 'dist/spec/schema.js', 'specSchema', 'spec.yaml'],
  ['docs/schemas/contract.json', 'dist/spec/contract.js', 'contractSchema', 'contract.yaml'],
  ['docs/schemas/blueprint.json', 'dist/blueprint/manifest.js', 'componentSchema', 'blueprint.yaml'],
  [
    'docs/schemas/deliverable.json',
    'dist/blueprint/manifest.js',
    'deliverableManifestSchema',
    'deliverables/<id>.yaml',
  ],
  ['docs/schemas/options.json', 'dist/cli/options.js', 'optionsDocumentSchema', 'options --json'],
  ['docs/schemas/status.json', 'dist/run/status.js', 'statusDocumentSchema', 'status --json'],
  ['docs/schemas/diff.json', 'dist/cli/diff.js', 'diffDocumentSchema', 'diff --json'],
  ['docs/schemas/cost.json', 'dist/run/cost.js', 'costSchema', 'the event cost'],
  ['docs/schemas/resume.json', 'dist/cli/resume.js', 'resumeDocumentSchema', 'the first line of resume --json'],
  ['docs/schemas/undo.json', 'dist/cli/undo.js', 'undoDocumentSchema', 'undo --json'],
  ['docs/schemas/upgrade.json', 'dist/cli/upgrade.js', 'upgradeDocumentSchema', 'the first line of upgrade --json'],
  ['docs/schemas/decision.json', 'dist/cli/decision.js', 'decisionDocumentSchema', 'approve --json and revise --json'],
  ['docs/schemas/review.json', 'dist/review/page.js', 'reviewDocumentSchema', 'review --json'],
  ['docs/schemas/verify.json', 'dist/cli/verify.js', 'verifyDocumentSchema', 'verify --json'],
]

for (const [file, module, name, title] of schemas) {
  const exported = (await import(pathToFileURL(join(root, module)).href))[name]
  const schema = { title, ...z.toJSONSchema(exported, { io: 'input' }) }
  await mkdir(dirname(join(target, file)), { recursive: true })
  await writeFile(join(target, file), `${JSON.stringify(schema, null, 2)}\n`)
  console.log(file)
}
