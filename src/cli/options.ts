// `options`: every option with its values, what each is best for, and which are built.
import { EXIT, type ExitCode } from '../errors.js'
import { loadCatalogue, loadDefinitions } from '../run/definitions.js'
import type { Config } from './config.js'

/** The document of `options --json`. */
export interface OptionsDocument {
  readonly options: readonly {
    readonly name: string
    readonly title: string
    readonly default: string
    readonly values: readonly {
      readonly value: string
      readonly built: boolean
      readonly best_for: string
      readonly strengths: string
      readonly advisories: readonly { readonly date: string; readonly text: string; readonly source: string }[]
    }[]
  }[]
}

export async function options(flags: { json?: boolean }, config: Config): Promise<ExitCode> {
  const [{ loaded }, catalogue] = await Promise.all([loadDefinitions(config.root), loadCatalogue(config.root)])
  const document: OptionsDocument = {
    options: Object.entries(loaded.workflow.options).map(([name, option]) => ({
      name,
      title: option.title,
      default: option.default,
      values: option.values.map((value) => {
        const info = catalogue.get(`${name}/${value}`)
        return {
          value,
          built: info !== undefined,
          best_for: info?.best_for ?? '',
          strengths: info?.strengths ?? '',
          advisories: info?.advisories ?? [],
        }
      }),
    })),
  }
  process.stdout.write(flags.json ? `${JSON.stringify(document)}\n` : text(document))
  return EXIT.done
}

function text(document: OptionsDocument): string {
  const blocks = document.options.map((option) => {
    const rows = option.values.map((value) => {
      const mark = value.value === option.default ? '*' : ' '
      if (!value.built) return `  ${mark} ${value.value.padEnd(12)} no blueprint yet`
      const advisories = value.advisories.map((advisory) => `\n${' '.repeat(17)}${advisory.date}: ${advisory.text}`)
      return `  ${mark} ${value.value.padEnd(12)} best for ${value.best_for}\n${' '.repeat(17)}${value.strengths}${advisories.join('')}`
    })
    return `--${option.name.replaceAll('_', '-')}   ${option.title}\n${rows.join('\n')}\n`
  })
  return `${blocks.join('\n')}\n* is the default. Choose with its flag, or --option name=value.\n`
}
