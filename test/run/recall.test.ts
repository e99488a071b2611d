// A platform that is taken from memory is the one that would be composed, and is taken only while nothing that it is made of has changed.
import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadCatalogue, loadDefinitions } from '../../src/run/definitions.js'
import type { Platform } from '../../src/run/platform.js'
import { type PlatformMemory, recallPlatform, rememberPlatform } from '../../src/run/recall.js'
import { definitions, platformOf, ROOT } from '../emitted/platforms.js'
import { temporaryFolder } from '../temporary.js'

let platform: Platform
let kept: string

const memory = (text: string | undefined, build = 'one'): PlatformMemory => ({
  build,
  read: async () => text,
  write: async (written) => {
    kept = written
  },
})

/** What was kept, with a mark that a platform composed anew would not have. */
const marked = (): string => kept.replace('"options":{', '"options":{"mark":"from memory",')
const NONE = new Map()
const mark = ({ options }: Platform) => options.mark

beforeAll(async () => {
  platform = await platformOf({ example: 'clinic-no-show', maturity: 2 })
  await rememberPlatform(definitions, await loadCatalogue(ROOT), platform, memory(undefined))
})

describe('recallPlatform', () => {
  it('gives the very platform back', async () => {
    const recalled = await recallPlatform(definitions, platform.spec, memory(kept), NONE)
    expect(recalled).toEqual(platform)
    const [first] = [...recalled.composition.baselines.values()]
    expect(recalled.composition.files).toContain(first?.files[0])
  })

  it('takes it from memory where nothing changed', async () => {
    expect(mark(await recallPlatform(definitions, platform.spec, memory(marked()), NONE))).toBe('from memory')
  })

  it('composes it anew for another spec, another build of the product, and where nothing is remembered', async () => {
    const spec = { ...platform.spec, title: 'Another title' }
    const others = [
      recallPlatform(definitions, spec, memory(marked()), NONE),
      recallPlatform(definitions, platform.spec, memory(marked(), 'two'), NONE),
      recallPlatform(definitions, platform.spec, memory(undefined), NONE),
      recallPlatform(definitions, platform.spec, undefined, NONE),
    ]
    for (const other of others) expect(mark(await other)).toBeUndefined()
    expect((await others[0])?.texts.spec).toContain('Another title')
  })

  it.each([
    ['a file of a component that is used', 'blueprints/core/files/Makefile.hbs', undefined],
    ['a manifest', 'blueprints/core/blueprint.yaml', undefined],
    ['a component that is not used', 'blueprints/experiment_tracking/wandb/blueprint.yaml', 'from memory'],
  ])('notices a change in %s', async (_, file, expected) => {
    const root = temporaryFolder('recall')
    const folders = ['agents', 'prompts', 'workflows', 'blueprints'].map((folder) => join(ROOT, folder))
    execFileSync('cp', ['-R', ...folders, root])
    appendFileSync(join(root, file), '\n# changed\n')
    expect(mark(await recallPlatform(await loadDefinitions(root), platform.spec, memory(marked()), NONE))).toBe(
      expected,
    )
  })
})
