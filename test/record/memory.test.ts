import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../../src/record/memory.js'
import { temporaryFolder } from '../temporary.js'

const recorded = (): string => {
  const root = temporaryFolder('memory')
  mkdirSync(join(root, '.mlops-agents'))
  writeFileSync(join(root, '.mlops-agents', '.gitignore'), '*\n')
  return root
}

describe('a memory', () => {
  it('gives back what was last kept', async () => {
    const memory = openMemory(recorded(), 'platform.json')
    expect(await memory.read()).toBeUndefined()
    await memory.write('{"one":"Köln\\n"}')
    await memory.write('{"two":2}\n\n')
    expect(await memory.read()).toBe('{"two":2}\n\n')
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, -1)],
    ['changed', (text: string) => text.replace('two', 'ten')],
    ['emptied', () => ''],
    ['without its hash', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ])('that was %s is none', async (_, damage) => {
    const root = recorded()
    const memory = openMemory(root, 'platform.json')
    await memory.write('{"two":2}')
    const file = join(root, '.mlops-agents', 'memory', 'platform.json')
    writeFileSync(file, damage(readFileSync(file, 'utf8')))
    expect(await memory.read()).toBeUndefined()
  })

  it('is not kept where nothing was recorded, and a place that cannot be written is no error', async () => {
    const bare = temporaryFolder('memory')
    await openMemory(bare, 'platform.json').write('text')
    expect(await openMemory(bare, 'platform.json').read()).toBeUndefined()
    const root = recorded()
    writeFileSync(join(root, '.mlops-agents', 'memory'), 'a file where a folder should be')
    await openMemory(root, 'platform.json').write('text')
    expect(await openMemory(root, 'platform.json').read()).toBeUndefined()
  })
})
