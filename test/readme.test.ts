import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { platformOf } from './emitted/platforms.js'

const root = path.resolve(import.meta.dirname, '..')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({ kind, text }))
const commands = blocks.filter(({ kind }) => kind === 'sh').flatMap(({ text }) => text.trim().split('\n'))

describe('the README', () => {
  it('starts with the two commands, from the example that acceptance designs from', () => {
    const text = readFileSync(path.join(root, 'examples/churn-telecom.txt'), 'utf8').trim()
    expect(commands.slice(0, 2)).toEqual([
      `npm ci && npx mlops-agents design "${text}" --workspace ../churn`,
      'npm ci && npm test',
    ])
    expect(readme.split('\n').findIndex((line) => line.startsWith('npm ci'))).toBeLessThan(15)
  })

  it('runs from CI as written: its test command is what .ci/run starts', () => {
    const ci = readFileSync(path.join(root, '.ci/run'), 'utf8')
    expect(ci).toMatch(/^npm ci$/m)
    expect(ci).toMatch(/^npm test /m)
  })

  it('names scripts, paths and commands that exist', () => {
    const named = [...readme.matchAll(/`npm (?:run )?([a-z]+)[^`]*`/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
    const paths = [
      ...readme.matchAll(/`((?:src|docs|blueprints|agents|prompts|workflows|validators|examples)\/[^`<]*)`/g),
    ].map(([, name = '']) => name)
    expect(paths.length).toBeGreaterThan(5)
    expect(paths.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target)
    expect(links.filter((target) => !existsSync(path.join(root, target)))).toEqual([])
  })

  it('shows as many files as the example really gives', async () => {
    const { composition } = await platformOf({ example: 'churn-telecom', maturity: 5 })
    const count = [...composition.baselines.values()].reduce((sum, { files }) => sum + files.length, 0)
    const [, deliverables, files] = /(\d+) deliverables, (\d+) files in \.\.\/churn/.exec(readme) ?? []
    expect([Number(deliverables), Number(files)]).toEqual([composition.baselines.size, count])
  })

  it('is short, and has at most twelve scripts behind it', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(150)
    expect(Object.keys(scripts).length).toBeLessThanOrEqual(12)
  })
})
