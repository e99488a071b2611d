// The shapes that Terraform's providers publish (validators/terraform), and those of the language's own blocks.
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { lineFile } from './line-file.js'

/** Block: least and greatest number of occurrences (0 for any), nesting mode, what lies inside. */
export interface Shape {
  readonly a?: Readonly<Record<string, string>> | undefined
  readonly b?: Readonly<Record<string, readonly [number, number, string, Shape]>> | undefined
}

const shape: z.ZodType<Shape> = z.strictObject({
  a: z.record(z.string(), z.string()).optional(),
  b: z.record(z.string(), z.tuple([z.number(), z.number(), z.string(), z.lazy(() => shape)])).optional(),
})

const shapes = new Map<string, Shape | undefined>()

/** Whether the provider's schemas ship with us. */
export const hasProvider = (provider: string): boolean =>
  /^[a-z0-9-]+$/.test(provider) && existsSync(new URL(`../../validators/terraform/${provider}.br`, import.meta.url))

export const providerVersion = (provider: string): string =>
  z.string().parse(lineFile(`terraform/${provider}.br`).read('version'))

/** Shape of `resource.aws_s3_bucket`, `data.aws_region` or `provider`; nothing where the provider has no such thing. */
export function providerShape(provider: string, name: string): Shape | undefined {
  const key = `${provider} ${name}`
  if (!shapes.has(key)) shapes.set(key, shape.optional().parse(lineFile(`terraform/${provider}.br`).read(name)))
  return shapes.get(key)
}

/** Every resource or data source that a provider has, for "did you mean". */
export const providerNames = (provider: string, prefix: 'resource' | 'data'): string[] =>
  lineFile(`terraform/${provider}.br`)
    .names.filter((name) => name.startsWith(`${prefix}.`))
    .map((name) => name.slice(prefix.length + 1))

const functionsSchema = z.record(z.string(), z.tuple([z.number(), z.number().nullable()]))
let functions: z.infer<typeof functionsSchema> | undefined

/** Least and greatest number of arguments of each function of the language. */
export function languageFunctions(): z.infer<typeof functionsSchema> {
  functions ??= functionsSchema.parse(
    JSON.parse(readFileSync(new URL('../../validators/terraform/functions.json', import.meta.url), 'utf8')),
  )
  return functions
}

const condition: Shape = { a: { condition: 'rb', error_message: 'rs' } }
/** A block that may stand any number of times. */
export const repeated = (inner: Shape): readonly [number, number, string, Shape] => [0, 0, 'list', inner]
const once = (inner: Shape): readonly [number, number, string, Shape] => [0, 1, 'list', inner]

const lifecycle: Shape = {
  a: { create_before_destroy: 'ob', prevent_destroy: 'ob', ignore_changes: 'od', replace_triggered_by: 'od' },
  b: { precondition: repeated(condition), postcondition: repeated(condition) },
}

/** What a resource or data source may have beside what its provider defines. */
export const META: Shape = {
  a: { count: 'on', for_each: 'od', depends_on: 'od', provider: 'od' },
  b: { lifecycle: once(lifecycle) },
}

/** Blocks at the top of a file whose inside is the language's own. `undefined` inside: anything goes there. */
export const LANGUAGE: Readonly<Record<string, { readonly labels: number; readonly shape: Shape | undefined }>> = {
  terraform: {
    labels: 0,
    shape: { a: { required_version: 'os' }, b: { required_providers: once({}), backend: once({}) } },
  },
  provider: { labels: 1, shape: undefined },
  variable: {
    labels: 1,
    shape: {
      a: { type: 'od', description: 'os', default: 'od', sensitive: 'ob', nullable: 'ob', ephemeral: 'ob' },
      b: { validation: repeated(condition) },
    },
  },
  output: {
    labels: 1,
    shape: {
      a: { value: 'rd', description: 'os', sensitive: 'ob', depends_on: 'od', ephemeral: 'ob' },
      b: { precondition: repeated(condition) },
    },
  },
  locals: { labels: 0, shape: undefined },
  module: { labels: 1, shape: undefined },
  resource: { labels: 2, shape: undefined },
  data: { labels: 2, shape: undefined },
  moved: { labels: 0, shape: { a: { from: 'rd', to: 'rd' } } },
  removed: { labels: 0, shape: { a: { from: 'rd' }, b: { lifecycle: [1, 1, 'list', { a: { destroy: 'rb' } }] } } },
  import: { labels: 0, shape: { a: { to: 'rd', id: 'os', for_each: 'od', provider: 'od' } } },
  check: { labels: 1, shape: undefined },
}
