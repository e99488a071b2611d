// What the product has at its top level is what was asked for, and each part is in use.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROOT } from './emitted/platforms.js'

const FILES = ['README.md', 'package.json', 'tsconfig.json']
const FOLDERS = ['agents', 'prompts', 'src', 'test', 'workflows']

describe('the top level', () => {
  it.each(FILES)('has the file %s, with something in it', (name) => {
    expect(statSync(`${ROOT}/${name}`).isFile()).toBe(true)
    expect(readFileSync(`${ROOT}/${name}`, 'utf8').length).toBeGreaterThan(100)
  })

  it.each(FOLDERS)('has the folder %s, with something in it', (name) => {
    expect(readdirSync(`${ROOT}/${name}`).length).toBeGreaterThan(0)
  })

  it('reaches the people who install it: what the program reads is in the package', () => {
    const { files = [] } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { files?: string[] }
    expect(files).toEqual(expect.arrayContaining(['agents', 'blueprints', 'prompts', 'workflows']))
  })
})
