// `options`: every option with its values, what each is best for, and which are built.
import { z } from 'zod'
import { EXIT, type ExitCode } from '../errors.js'
import { loadCatalogue } from '../run/definitions.js'
import type { Config } from './config.js'
import { openDefinitions } from './workflow.js'

/** The document of `options --json`. */
export const optionsDocumentSchema = z.strictObject({
  options: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      default: z.string(),
      values: z.array(
        z.strictObject({
          value: z.string(),
          /** Whether a blueprint exists; the texts of a value that is not built are empty. */
          built: z.boolean(),
          best_for: z.string(),
          strengths: z.string(),
          advisories: z.array(z.strictObject({ date: z.iso.date(), text: z.string(), source: z.string() })),
        }),
      ),
    }),
  ),
})
export type OptionsDocument = z.infer<typeof optionsDocumentSchema>

export async function options(flags: { json?: boolean; workflow?: string }, config: Config): Promise<ExitCode> {
  const { loaded, root } = await openDefinitions({ flag: flags.workflow }, config)
  const catalogue = await loadCatalogue(root)
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
    const described = option.values.some(({ built }) => built)
    const rows = option.values.map((value) => {
      const mark = value.value === option.default ? '*' : ' '
      // Values that no blueprint serves are words for the agents.
      if (!described) return `  ${mark} ${value.value}`
      if (!value.built) return `  ${mark} ${value.value.padEnd(12)} no blueprint yet`
      const advisories = value.advisories.map((advisory) => `\n${' '.repeat(17)}${advisory.date}: ${advisory.text}`)
      return `  ${mark} ${value.value.padEnd(12)} best for ${value.best_for}\n${' '.repeat(17)}${value.strengths}${advisories.join('')}`
    })
    return `--${option.name.replaceAll('_', '-')}   ${option.title}\n${rows.join('\n')}\n`
  })
  return `${blocks.join('\n')}\n* is the default. Choose with its flag, or --option name=value.\n`
}
