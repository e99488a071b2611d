import { describe, expect, it } from 'vitest'
import { listComponents, loadComponents } from '../../src/blueprint/load.js'
import { DefinitionError } from '../../src/errors.js'
import { ABOUT, blueprintsFolder } from './scratch.js'

const ingestion = 'summary: Reads data.\nfiles:\n  - path: src/read.py\n'

describe('loading components', () => {
  it('finds every folder with a blueprint.yaml', async () => {
    const root = await blueprintsFolder({
      'core/blueprint.yaml': ABOUT,
      'feature_store/feast/blueprint.yaml': ABOUT,
      'core/files/blueprint.yaml': 'not: a component\n',
    })
    expect(await listComponents(root)).toEqual(['core', 'feature_store/feast'])
  })

  it('loads includes first, and each component once', async () => {
    const root = await blueprintsFolder({
      'core/blueprint.yaml': `${ABOUT}includes: [minor]\n`,
      'minor/blueprint.yaml': ABOUT,
      'other/blueprint.yaml': `${ABOUT}includes: [minor]\n`,
    })
    const loaded = await loadComponents(root, ['core', 'other'])
    expect(loaded.map((component) => component.id)).toEqual(['minor', 'core', 'other'])
  })

  it('refuses components that include each other', async () => {
    const root = await blueprintsFolder({
      'a/blueprint.yaml': `${ABOUT}includes: [b]\n`,
      'b/blueprint.yaml': `${ABOUT}includes: [a]\n`,
    })
    await expect(loadComponents(root, ['a'])).rejects.toThrow('components include each other: a -> b -> a')
  })

  it('refuses a file that no manifest lists, naming it', async () => {
    const root = await blueprintsFolder({
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/ingestion.yaml': ingestion,
      'core/files/src/read.py': '',
      'core/files/src/orphan.py': '',
    })
    await expect(loadComponents(root, ['core'])).rejects.toThrow(
      'blueprints/core/files/src/orphan.py: no manifest below deliverables/ lists this file',
    )
  })

  it('refuses a manifest that lists a file that is not there', async () => {
    const root = await blueprintsFolder({ 'core/blueprint.yaml': ABOUT, 'core/deliverables/ingestion.yaml': ingestion })
    await expect(loadComponents(root, ['core'])).rejects.toThrow('lists src/read.py, but there is no files/src/read.py')
  })

  it('refuses a file that two manifests of one component list', async () => {
    const root = await blueprintsFolder({
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/ingestion.yaml': ingestion,
      'core/deliverables/training.yaml': ingestion,
      'core/files/src/read.py': '',
    })
    await expect(loadComponents(root, ['core'])).rejects.toThrow(
      'training.yaml: lists src/read.py, which blueprints/core/deliverables/ingestion.yaml lists too',
    )
  })

  it('points at the line of a mistake in a manifest', async () => {
    const root = await blueprintsFolder({
      'core/blueprint.yaml': ABOUT,
      'core/deliverables/ingestion.yaml': 'summary: Reads data.\nfiles:\n  - path: src/read.py\n    maturity: nine\n',
    })
    const error = await loadComponents(root, ['core']).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DefinitionError)
    expect(error).toMatchObject({ where: { file: 'blueprints/core/deliverables/ingestion.yaml', line: 4 } })
  })
})
