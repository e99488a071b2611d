import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readWorkflowOptions } from '../../src/cli/workflow-options.js'
import { definitions, ROOT } from '../emitted/platforms.js'

const folder = mkdtempSync(join(tmpdir(), 'mlops-options-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('are those of the workflow as it is loaded in full', async () => {
  expect(await readWorkflowOptions(ROOT)).toEqual(definitions.loaded.workflow.options)
})

it.each([
  ['faulty', 'options: [1\n'],
  ['empty of options', 'name: x\n'],
])('are none where the workflow is %s, which the command itself reports', async (_, text) => {
  mkdirSync(join(folder, 'workflows'), { recursive: true })
  writeFileSync(join(folder, 'workflows', 'ml-pipeline.yaml'), text)
  expect(await readWorkflowOptions(folder)).toEqual({})
})

it('are none where there is no workflow', async () => expect(await readWorkflowOptions(join(folder, 'no'))).toEqual({}))
