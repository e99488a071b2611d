import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ownWorkflow, readWorkflowOptions, workflowIn, workflowOfCommand } from '../../src/cli/workflow-options.js'
import { definitions, ROOT } from '../emitted/platforms.js'

const folder = mkdtempSync(join(tmpdir(), 'mlops-options-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('are those of the workflow as it is loaded in full', async () => {
  expect(await readWorkflowOptions(ownWorkflow(ROOT))).toEqual(definitions.loaded.workflow.options)
})

it.each([
  ['faulty', 'options: [1\n'],
  ['empty of options', 'name: x\n'],
])('are none where the workflow is %s, which the command itself reports', async (_, text) => {
  mkdirSync(join(folder, 'workflows'), { recursive: true })
  writeFileSync(join(folder, 'workflows', 'ml-pipeline.yaml'), text)
  expect(await readWorkflowOptions(ownWorkflow(folder))).toEqual({})
})

it('are none where there is no workflow', async () =>
  expect(await readWorkflowOptions(join(folder, 'no.yaml'))).toEqual({}))

describe('the workflow of a command, before it is read', () => {
  const own = ownWorkflow(ROOT)
  const of = (...argv: string[]) =>
    workflowOfCommand(argv, { root: ROOT, cwd: folder } as Parameters<typeof workflowOfCommand>[1])
  it("is the product's own where nothing says otherwise, or what is named does not exist", async () => {
    expect([await of('design'), await of('design', '--workflow', 'nowhere')]).toEqual([own, own])
  })

  it('is the one that is named, or that spec.yaml names', async () => {
    mkdirSync(join(folder, 'w'), { recursive: true })
    writeFileSync(join(folder, 'w', 'spec.yaml'), 'version: 1\nworkflow: "../team/it.yaml"\nname: x\n')
    const team = join(ROOT, 'test', 'team', 'workflows', 'handbook.yaml')
    expect(await of('design', '--workflow', join(ROOT, 'test', 'team'))).toBe(team)
    expect(await of('design', `--workflow=${team}`)).toBe(team)
    expect(await of('rerun', '--workspace', 'w')).toBe(join(folder, 'team', 'it.yaml'))
    expect(await workflowIn(join(folder, 'nowhere'))).toBeUndefined()
  })
})
