// What a model reads beside its prompt: descriptions of tools and the messages that answer it, one file each in prompts/tools.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DefinitionError } from '../errors.js'
import { checkTemplate } from './check.js'
import { type CompiledTemplate, compile } from './compile.js'
import { renderPrompt } from './render.js'
import type { Shape } from './shape.js'
import { parseTemplate } from './walk.js'

export interface ToolTexts<Tool extends string, Shapes extends Readonly<Record<string, z.ZodObject>>> {
  readonly descriptions: Readonly<Record<Tool, string>>
  readonly say: <Name extends keyof Shapes & string>(name: Name, data: z.infer<Shapes[Name]>) => string
}

/**
 * Reads `<directory>/<tool>.md` for each tool and `<directory>/<message>.hbs` for each shape, and nothing else may lie there.
 * A template that reads what its message cannot have is refused now, not in the middle of a conversation.
 */
export async function loadToolTexts<Tool extends string, Shapes extends Readonly<Record<string, z.ZodObject>>>(
  directory: string,
  tools: readonly Tool[],
  shapes: Shapes,
): Promise<ToolTexts<Tool, Shapes>> {
  const expected = new Set([...tools.map((tool) => `${tool}.md`), ...Object.keys(shapes).map((name) => `${name}.hbs`)])
  const present = await readdir(directory).catch((): string[] => [])
  const missing = [...expected].find((name) => !present.includes(name))
  if (missing !== undefined) throw new DefinitionError('is missing; models need it', { file: join(directory, missing) })
  const unknown = present.find((name) => !expected.has(name))
  if (unknown !== undefined)
    throw new DefinitionError(`nothing reads it; expected ${[...expected].join(', ')}`, {
      file: join(directory, unknown),
    })
  const read = async (name: string): Promise<string> => {
    const file = join(directory, name)
    const text = (await readFile(file, 'utf8')).trim()
    if (text === '') throw new DefinitionError('is empty; say what a model is to know', { file })
    return text
  }
  const described = await Promise.all(tools.map(async (tool) => [tool, await read(`${tool}.md`)] as const))
  const compiled = await Promise.all(
    Object.entries(shapes).map(async ([name, shape]) => {
      const template = parseTemplate(await read(`${name}.hbs`), join(directory, `${name}.hbs`))
      checkTemplate(template, z.toJSONSchema(shape) as Shape)
      return [name, compile(template)] as const
    }),
  )
  const messages = new Map<string, CompiledTemplate>(compiled)
  return {
    descriptions: Object.fromEntries(described) as Record<Tool, string>,
    say: (name, data) => {
      const message = messages.get(name)
      if (message === undefined) throw new Error(`no message is called ${name}`)
      // Half of a character pair, cut off or sent so by a model, is something that vendors refuse a request for.
      return renderPrompt(message, shapes[name]?.parse(data) ?? {})
        .trim()
        .replace(/[\ud800-\udfff]/gu, '\ufffd')
    },
  }
}
