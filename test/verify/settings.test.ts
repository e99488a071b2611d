import { describe, expect, it } from 'vitest'
import { contractSchema } from '../../src/spec/contract.js'
import type { EmittedFile } from '../../src/types.js'
import { pythonProject } from '../../src/verify/python-project.js'
import { layeredSettings, settingsSchemaOf, settingsSeam } from '../../src/verify/settings.js'
import { emitted } from './emitted.js'

const schema = emitted(
  'conf/settings.schema.json',
  JSON.stringify({
    properties: { environment: { $ref: '#/$defs/Environment' } },
    $defs: { Environment: { enum: ['dev', 'prod'] } },
  }),
)
const base = emitted('conf/base.yaml', 'training:\n  trials: 20\n  seed: 1\n')
const dev = emitted('conf/dev.yaml', 'environment: dev\ntraining:\n  trials: 2\n')
const prod = emitted('conf/prod.yaml', 'environment: prod\n')
const project = [schema, base, dev, prod]

const contract = contractSchema.parse({ version: 1, project: 'sample' })
const findings = async (files: readonly EmittedFile[]) => {
  const found = await settingsSeam.find({ files, contract, python: await pythonProject(files) })
  return found.map(({ reason }) => reason)
}

describe('settings', () => {
  it('of an environment are checked as the program sees them: over the base, key by key', async () => {
    const value = { environment: 'dev', training: { trials: 2 } }
    const layered = await layeredSettings(dev, schema, project, value)
    expect(layered.value).toEqual({ environment: 'dev', training: { trials: 2, seed: 1 } })
  })

  it('of the base alone may leave out what every environment sets, and nothing else', async () => {
    const { concerns } = await layeredSettings(base, schema, project, {})
    const problem = (message: string) => ({ message, path: [] })
    expect(concerns(problem('Instance does not have required property "environment".'))).toBe(false)
    expect(concerns(problem('Instance type "string" is invalid.'))).toBe(true)
  })

  it('are base.yaml and the files named after an environment; other YAML beside them is not', async () => {
    expect((await settingsSchemaOf(base, project))?.path).toBe(schema.path)
    expect((await settingsSchemaOf(prod, project))?.path).toBe(schema.path)
    expect(await settingsSchemaOf(emitted('conf/alerts.yaml', ''), project)).toBeUndefined()
    expect(await settingsSchemaOf(emitted('other/dev.yaml', ''), project)).toBeUndefined()
  })
})

describe('the seam of environments', () => {
  it('holds where each has its file', async () => expect(await findings(project)).toEqual([]))

  it('names the environment whose file is gone', async () => {
    expect(await findings([schema, base, dev])).toEqual([
      'the environment prod has no settings file prod.yaml beside the schema',
    ])
  })

  it('names what one environment has and another has not', async () => {
    const only = emitted('conf/alerts.dev.yaml', '')
    expect(await findings([...project, only])).toEqual(['there is no conf/alerts.prod.yaml for the environment prod'])
  })
})
