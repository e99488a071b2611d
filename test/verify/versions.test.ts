import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ownTool, packageTool } from '../../src/verify/versions.js'

const versionIn = (file: string): string => (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version

// Some of these hide package.json behind `exports`.
it.each(['@astral-sh/ruff-wasm-nodejs', 'protobufjs', 'markdownlint', 'yaml', 'smol-toml'])(
  'the version of %s is that of what is installed',
  (name) => expect(packageTool(name)).toEqual({ tool: name, version: versionIn(`node_modules/${name}/package.json`) }),
)

it('our own rules have the version of the product', () => {
  expect(ownTool()).toEqual({ tool: 'mlops-agents', version: versionIn('package.json') })
})

it('a package that is not there is an error, never a version from memory', () => {
  expect(() => packageTool('no-such-package-at-all')).toThrow(/Cannot find module/)
})
