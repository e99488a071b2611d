// The one owner of Handlebars. Templates come from files only, never from a value, so what an earlier output says is text.
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import Handlebars from 'handlebars'
import { Demands } from './demand.js'
import { registerFunctions } from './functions.js'
import { type ParsedTemplate, parseTemplate } from './walk.js'

/** A template that is ready to render, with its parse tree for messages and checks. */
export interface CompiledTemplate {
  readonly template: ParsedTemplate
  readonly partials: ReadonlyMap<string, ParsedTemplate>
  readonly render: (context: object) => string
}

/** Nothing is escaped, nothing absent is let through, prototypes are out of reach, a partial's lines keep their indentation. */
export function compile(
  template: ParsedTemplate,
  partials: ReadonlyMap<string, ParsedTemplate> = new Map(),
): CompiledTemplate {
  return compileWith(template, partials, compiler(partials))
}

/** A template without partials, whose tree is used up by it: reading every file of the blueprints a second time would take as long as the rest. */
export function compileOnce(template: ParsedTemplate): Render {
  alone ??= compiler(new Map(), ({ program }) => program)
  return alone(template)
}

let alone: Compiler | undefined

function compileWith(
  template: ParsedTemplate,
  partials: ReadonlyMap<string, ParsedTemplate>,
  prepare: Compiler,
): CompiledTemplate {
  // Put off until the first rendering: most commands load every prompt and render few.
  let ready: Render | undefined
  const render: Render = (context) => {
    ready ??= prepare(template)
    return ready(context)
  }
  return { template, partials, render }
}

export type Render = (context: object) => string
type Compiler = (template: ParsedTemplate) => Render

/**
 * Templates that share partials share one compiler, and each partial is compiled once, when a rendering first asks for it.
 * `treeOf` gives a tree that nobody else needs.
 */
function compiler(partials: ReadonlyMap<string, ParsedTemplate>, treeOf = parseAgain): Compiler {
  const demands = new Demands()
  const handlebars = environment(demands)
  const options = optionsFor(handlebars)
  const ready = (parsed: ParsedTemplate) => handlebars.compile<object>(demands.rewrite(parsed, treeOf(parsed)), options)
  let compiled: Record<string, HandlebarsTemplateDelegate> | undefined
  return (template) => {
    compiled ??= Object.fromEntries([...partials].map(([name, partial]) => [name, ready(partial)]))
    const main = ready(template)
    const runtime = { ...RUNTIME, partials: compiled }
    return (context) => main(context, runtime)
  }
}

/** What a template is rendered with. */
export const RUNTIME = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false }

/** Handlebars of our own, with the words that templates may use. */
export function environment(demands: Demands): typeof Handlebars {
  const handlebars = Handlebars.create()
  registerFunctions(handlebars)
  demands.register(handlebars)
  return handlebars
}

/** Every call is known here, so that no code is made that would look for it in the data first. */
export function optionsFor(handlebars: typeof Handlebars) {
  const known = Object.fromEntries(Object.keys(handlebars.helpers).map((name) => [name, true]))
  return { noEscape: true, preventIndent: true, knownHelpers: known, knownHelpersOnly: true }
}

/** Prompts are walked again after they were rendered. */
const parseAgain = ({ source }: ParsedTemplate): hbs.AST.Program => Handlebars.parse(source)

/** The prompts of a workflow with their shared blocks, by name without extension. */
export interface PromptSet {
  readonly prompts: ReadonlyMap<string, CompiledTemplate>
  readonly partials: ReadonlyMap<string, ParsedTemplate>
}

/** Reads `<directory>/*.hbs` and `<directory>/partials/*.hbs`; shared blocks that are not there are those of `others`. */
export async function loadPrompts(directory: string, others = directory): Promise<PromptSet> {
  const own = await parseAll(join(directory, 'partials'))
  const partials = others === directory ? own : new Map([...(await parseAll(join(others, 'partials'))), ...own])
  const prompts = await parseAll(directory)
  const shared = compiler(partials)
  return {
    partials,
    prompts: new Map([...prompts].map(([name, template]) => [name, compileWith(template, partials, shared)])),
  }
}

async function parseAll(directory: string): Promise<Map<string, ParsedTemplate>> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.hbs')).map((entry) => entry.name)
  const templates = await Promise.all(
    names.sort().map(async (name) => {
      const file = join(directory, name)
      return [basename(name, '.hbs'), parseTemplate(await readFile(file, 'utf8'), file)] as const
    }),
  )
  return new Map(templates)
}
