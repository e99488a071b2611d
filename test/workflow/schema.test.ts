// Editors check what people edit, and programs what they read, with the committed JSON Schemas; these must be what the product itself uses.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { componentSchema, deliverableManifestSchema } from '../../src/blueprint/manifest.js'
import { decisionDocumentSchema } from '../../src/cli/decision.js'
import { diffDocumentSchema } from '../../src/cli/diff.js'
import { optionsDocumentSchema } from '../../src/cli/options.js'
import { resumeDocumentSchema } from '../../src/cli/resume.js'
import { undoDocumentSchema } from '../../src/cli/undo.js'
import { verifyDocumentSchema } from '../../src/cli/verify.js'
import { reviewDocumentSchema } from '../../src/review/page.js'
import { statusDocumentSchema } from '../../src/run/status.js'
import { contractSchema } from '../../src/spec/contract.js'
import { specSchema } from '../../src/spec/schema.js'
import { workflowSchema } from '../../src/workflow/schema.js'

describe('the committed JSON Schemas', () => {
  it.each([
    ['workflows/schema.json', 'Workflow', workflowSchema],
    ['docs/schemas/spec.json', 'spec.yaml', specSchema],
    ['docs/schemas/contract.json', 'contract.yaml', contractSchema],
    ['docs/schemas/blueprint.json', 'blueprint.yaml', componentSchema],
    ['docs/schemas/deliverable.json', 'deliverables/<id>.yaml', deliverableManifestSchema],
    ['docs/schemas/options.json', 'options --json', optionsDocumentSchema],
    ['docs/schemas/status.json', 'status --json', statusDocumentSchema],
    ['docs/schemas/diff.json', 'diff --json', diffDocumentSchema],
    ['docs/schemas/resume.json', 'the first line of resume --json', resumeDocumentSchema],
    ['docs/schemas/undo.json', 'undo --json', undoDocumentSchema],
    ['docs/schemas/decision.json', 'approve --json and revise --json', decisionDocumentSchema],
    ['docs/schemas/review.json', 'review --json', reviewDocumentSchema],
    ['docs/schemas/verify.json', 'verify --json', verifyDocumentSchema],
  ] as const)('%s is what zod gives; if not: npm run build && npm run schemas', async (file, title, schema) => {
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ title, ...z.toJSONSchema(schema, { io: 'input' }) })
  })
})
