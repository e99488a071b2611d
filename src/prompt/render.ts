// Turns a compiled template and a context into text, and every failure on the way into an error that names the file.
import { DefinitionError } from '../errors.js'
import { type CompiledTemplate, compileOnce, type Render } from './compile.js'
import { type PromptPart, partsOf } from './parts.js'
import { findPrecompiled } from './precompiled.js'
import { parseTemplate, pathsOf } from './walk.js'

/** Renders a prompt. Values enter as data: braces in them stay as they are. */
export const renderPrompt = ({ template, render }: CompiledTemplate, context: object): string =>
  rendered(render, template.file, context)

function rendered(render: Render, file: string, context: object): string {
  try {
    return render(context)
  } catch (error) {
    if (error instanceof DefinitionError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new DefinitionError(message, { file })
  }
}

/** By name and text: a process that composes several platforms prepares each template once, which is half of the work. */
const prepared = new Map<string, Render>()

/** Renders a prompt in its parts. */
export const renderParts = (compiled: CompiledTemplate, context: object): PromptPart[] =>
  partsOf(renderPrompt(compiled, context))

/**
 * Renders one template text without partials, for files whose structure varies. `name` is the file, for messages.
 * `context` may be a Proxy that throws on what was not declared; it is read path by path and never listed.
 */
export function renderTemplate(source: string, name: string, context: object): string {
  const key = `${name}\0${source}`
  const render = prepared.get(key) ?? prepare(source, name)
  prepared.set(key, render)
  return rendered(render, name, context)
}

function prepare(source: string, name: string): Render {
  const made = findPrecompiled({ source, file: name })
  if (made !== undefined) return made
  const template = parseTemplate(source, name)
  // Walking refuses unknown helpers and blocks with their position, which Handlebars reports without one.
  pathsOf(template)
  return compileOnce(template)
}
