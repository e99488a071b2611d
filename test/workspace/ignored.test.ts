import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openGit } from '../../src/workspace/git.js'
import { ignoredPaths } from '../../src/workspace/ignored.js'
import { workspace } from './scratch.js'

it('names what an ignore rule matches, tracked or not, and nothing else', async () => {
  const { root } = await workspace({ 'a.txt': 'a\n', 'docs/b.md': 'b\n', 'docs/ü c.md': 'c\n', 'kept/d.md': 'd\n' })
  const paths = ['a.txt', 'docs/b.md', 'docs/ü c.md', 'kept/d.md', 'not/there.md']
  const git = openGit(root, process.env)
  expect([...(await ignoredPaths(git, paths))]).toEqual([])
  expect([...(await ignoredPaths(git, []))]).toEqual([])
  writeFileSync(join(root, '.gitignore'), 'docs/\nkept/*\n!kept/d.md\n')
  mkdirSync(join(root, '.git/info'), { recursive: true })
  writeFileSync(join(root, '.git/info/exclude'), 'there.md\n')
  expect([...(await ignoredPaths(git, paths))]).toEqual(['docs/b.md', 'docs/ü c.md', 'not/there.md'])
})

it('takes what lies beyond a link for ignored, and answers about the rest', async () => {
  const { root } = await workspace({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'docs/c.md': 'c\n', 'kept/d.md': 'd\n' })
  writeFileSync(join(root, '.gitignore'), 'b.txt\n')
  rmSync(join(root, 'docs'), { recursive: true })
  symlinkSync('kept', join(root, 'docs'))
  const paths = ['a.txt', 'b.txt', 'docs/c.md', 'kept/d.md']
  expect([...(await ignoredPaths(openGit(root, process.env), paths))]).toEqual(['b.txt', 'docs/c.md'])
})
