// What status remembers: it is said again only while nothing that it depends on has changed.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openMemory } from '../../src/record/memory.js'
import { contents, designed, type Player, player } from '../run/playing.js'
import { smallProduct } from '../small/product.mjs'
import { copyOf, scratch, user } from '../workspace/scratch.js'

/** Two of the same product: only one that is built can be told from another one, and so remember. */
const products = (): { built: string; plain: string } => {
  const [built, plain] = [smallProduct(scratch()), smallProduct(scratch())]
  mkdirSync(join(built, 'dist', 'chunks'), { recursive: true })
  writeFileSync(join(built, 'dist', 'chunks', 'a-1.js'), '')
  writeFileSync(join(built, 'dist', 'cli.js'), '')
  return { built, plain }
}

let original: Player
let unchanged: ReturnType<typeof products>
beforeAll(async () => {
  original = await designed()
  unchanged = products()
})

interface Copy {
  readonly root: string
  readonly built: string
  readonly plain: string
}
function copied(own: boolean): Copy {
  return { root: copyOf(original.root), ...(own ? products() : unchanged) }
}
const said = async (root: string, product: string) => {
  const { code, out, error } = await player(root, undefined, product).status()
  return { code, out, error }
}
const both = ({ built, plain }: Copy, edit: (product: string) => void): void => [built, plain].forEach(edit)

describe('the memory of status', () => {
  it('is used: what was remembered is said, and git tracks nothing of it', async () => {
    const { root, built } = copied(false)
    const [before, first] = [contents(root), await said(root, built)]
    const memory = openMemory(root, 'status.json')
    const kept = (await memory.read()) ?? ''
    await memory.write(kept.replaceAll('subscriber-cancel', 'remembered'))
    expect((await said(root, built)).out).toBe(first.out.replaceAll('subscriber-cancel', 'remembered'))
    expect(contents(root)).toEqual(before)
    expect(user(root, 'status', '--porcelain')).toBe('')
  })

  it.each<[string, (copy: Copy) => void]>([
    ['spec.yaml', ({ root }) => appendFileSync(join(root, 'spec.yaml'), '\n# mine\n')],
    [
      'a value in spec.yaml',
      ({ root }) => {
        const file = join(root, 'spec.yaml')
        writeFileSync(file, readFileSync(file, 'utf8').replace(/(latency_ms:\n {4}value: )\d+/, '$180'))
      },
    ],
    ['a damaged spec.yaml', ({ root }) => writeFileSync(join(root, 'spec.yaml'), 'a: [')],
    ['a damaged contract.yaml', ({ root }) => writeFileSync(join(root, 'contract.yaml'), 'a: [')],
    ['no spec.yaml', ({ root }) => rmSync(join(root, 'spec.yaml'))],
    [
      'a prompt',
      (copy) => both(copy, (product) => appendFileSync(join(product, 'prompts/builder.hbs'), '\nBe brief.\n')),
    ],
    [
      'a file of a blueprint',
      (copy) => both(copy, (product) => appendFileSync(join(product, 'blueprints/core/files/bin/load'), '\nmore\n')),
    ],
    [
      'the workflow',
      (copy) =>
        both(copy, (product) => {
          const file = join(product, 'workflows/ml-pipeline.yaml')
          writeFileSync(file, readFileSync(file, 'utf8').replace('title: Gather', 'title: Gathered'))
        }),
    ],
    ['a commit that takes a merge back', ({ root }) => void user(root, 'reset', '-q', '--hard', 'HEAD~1')],
    [
      'the generated branch',
      ({ root }) => void user(root, 'update-ref', 'refs/heads/mlops-agents/generated', 'mlops-agents/generated~1'),
    ],
    ['a lost generated branch', ({ root }) => void user(root, 'update-ref', '-d', 'refs/heads/mlops-agents/generated')],
    ['a run that was cut off', ({ root }) => rmSync(join(root, '.mlops-agents', 'runs'), { recursive: true })],
  ])('does not survive %s', async (what, change) => {
    const copy = copied(/prompt|blueprint|workflow/.test(what))
    await said(copy.root, copy.built)
    expect(existsSync(join(copy.root, '.mlops-agents', 'memory', 'status.json'))).toBe(true)
    change(copy)
    expect(await said(copy.root, copy.built)).toEqual(await said(copy.root, copy.plain))
  })

  it('is another one for another build', async () => {
    const copy = copied(true)
    await said(copy.root, copy.built)
    const memory = openMemory(copy.root, 'status.json')
    await memory.write(((await memory.read()) ?? '').replaceAll('subscriber-cancel', 'remembered'))
    writeFileSync(join(copy.built, 'dist', 'cli.js'), 'another')
    expect((await said(copy.root, copy.built)).out).not.toMatch(/remembered/)
  })
})
