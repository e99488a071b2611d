// The schemas that ship with the product (validators/), read on first use and once.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Json } from '../types.js'

/** Name of the result for a format that nobody publishes a schema for; levels.ts does not hold such a file back. */
export const NONE_PUBLISHED = 'schema/none-published'

const FOLDER = new URL('../../validators/', import.meta.url)

const catalogueSchema = z.strictObject({
  /** Files whose path matches are held to the schema, at the given place of the document where that exists; `with` are schemas that it refers to. */
  published: z.array(
    z.strictObject({
      path: z.string(),
      schema: z.string(),
      with: z.array(z.string()).default([]),
      at: z.array(z.string()),
    }),
  ),
  /** Formats without any published schema, with the reason why a parse is all that can be had. */
  unpublished: z.array(z.strictObject({ path: z.string(), why: z.string().min(1) })),
})

const read = (name: string): Json => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))

let parsed: z.infer<typeof catalogueSchema> | undefined

export function catalogue(): z.infer<typeof catalogueSchema> {
  parsed ??= catalogueSchema.parse(read('catalogue.json'))
  return parsed
}

const loaded = new Map<string, Json>()

/** A missing schema throws, and so fails the check: it is never taken for "nothing to check". */
export function publishedSchema(name: string): Json {
  const known = loaded.get(name) ?? read(`schemas/${name}.schema.json`)
  loaded.set(name, known)
  return known
}
