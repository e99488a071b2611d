// Templates that the build made into code: parsing and compiling the blueprints' takes longer than rendering them.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment, optionsFor, type Render, RUNTIME } from './compile.js'
import { Demands, type Place } from './demand.js'
import { type ParsedTemplate, parseTemplate, pathsOf } from './walk.js'

type Source = Pick<ParsedTemplate, 'source' | 'file'>

/** The two files of the build: a CommonJS module, because rendering is synchronous, and what only messages need. */
export const CODE = 'templates.cjs'
export const PLACES = 'templates.json'

/** Texts of the two files. @throws DefinitionError with position where one is not a template, or uses words that there are not */
export function precompile(sources: readonly Source[]): { readonly code: string; readonly places: string } {
  const demands = new Demands()
  const handlebars = environment(demands)
  const options = optionsFor(handlebars)
  const specs = sources.map(({ source, file }) => {
    const template = parseTemplate(source, file)
    pathsOf(template)
    const spec = handlebars.precompile(demands.rewrite(template, template.program), options)
    return `${JSON.stringify(keyOf({ source, file }))}: ${spec}`
  })
  return { code: `module.exports = {\n${specs.join(',\n')}\n}\n`, places: JSON.stringify(demands.places) }
}

let built: ReturnType<typeof openPrecompiled> | undefined

/** Undefined where this text was not there when the product was built. */
export function findPrecompiled(template: Source): Render | undefined {
  built ??= openPrecompiled(fileURLToPath(new URL('../../dist', import.meta.url)))
  return built(template)
}

/** Finds templates in what the build wrote to `folder`; none where it wrote nothing. */
export function openPrecompiled(folder: string): (template: Source) => Render | undefined {
  const [code, places] = [join(folder, CODE), join(folder, PLACES)]
  if (!existsSync(code)) return () => undefined
  const specs = createRequire(import.meta.url)(code) as Readonly<Record<string, TemplateSpecification>>
  const handlebars = environment(new Demands(() => JSON.parse(readFileSync(places, 'utf8')) as Place[]))
  return (template) => {
    const spec = specs[keyOf(template)]
    if (spec === undefined) return undefined
    const main = handlebars.template<object>(spec)
    return (context) => main(context, RUNTIME)
  }
}

/** Name and text: messages say the name, and a text that changed since is another template. */
const keyOf = ({ source, file }: Source): string =>
  createHash('sha256').update(`${file}\0${source}`).digest('base64').slice(0, 22)
