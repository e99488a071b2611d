// TOML files parse: no duplicate key or table, no bare word where a value belongs.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, nothingBeside, verdicts } from './check.js'
import { packageTool } from './versions.js'

export const tomlCheck: Check = {
  name: 'toml/parse',
  level: 'L0',
  kinds: ['toml'],
  beside: nothingBeside,
  async run(files: readonly EmittedFile[]): Promise<CheckResult[]> {
    const { parse, TomlError } = await import('smol-toml')
    const say = verdicts(this, packageTool('smol-toml'))
    return files.map((file) => {
      try {
        parse(file.content)
        return say.pass(file)
      } catch (error) {
        if (!(error instanceof TomlError)) throw error
        return say.fail(file, (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, ''), error)
      }
    })
  },
}
