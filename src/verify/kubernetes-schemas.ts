// The structural schemas of Kubernetes and of the extensions that we know (validators/kubernetes.json.br), parsed kind by kind on first use.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { z } from 'zod'

/** Exactly the keywords that these schemas use; a test fails when a new one appears in the file. */
export interface StructuralSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | StructuralSchema
  readonly items?: StructuralSchema
  readonly oneOf?: readonly StructuralSchema[]
  readonly $ref?: string
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
}

const schema: z.ZodType<StructuralSchema> = z.looseObject({})
const FILE = new URL('../../validators/kubernetes.json.br', import.meta.url)
const parsed = new Map<string, StructuralSchema>()
let unpacked: ReadonlyMap<string, string> | undefined

/** Text of every schema by its name; unpacked once, as that takes longer than reading what one platform needs. */
function texts(): ReadonlyMap<string, string> {
  unpacked ??= new Map(
    brotliDecompressSync(readFileSync(FILE))
      .toString('utf8')
      .split('\n')
      .map((line) => {
        const at = line.indexOf('\t')
        return [line.slice(0, at), line.slice(at + 1)] as const
      }),
  )
  return unpacked
}

/** Version of Kubernetes that the schemas are of. */
export const kubernetesVersion = (): string => z.string().parse(JSON.parse(texts().get('version') ?? ''))

/** Every `apiVersion/kind` with a schema. */
export const knownKinds = (): string[] => [...texts().keys()].filter((name) => /^[^A-Z]*\/[A-Z]\w*$/.test(name))

/** Schema of a kind (`apps/v1/Deployment`) or of a definition that one refers to; nothing where it is not known. */
export function structuralSchema(name: string): StructuralSchema | undefined {
  const before = parsed.get(name)
  if (before !== undefined) return before
  const text = texts().get(name)
  if (text === undefined) return undefined
  const found = schema.parse(JSON.parse(text))
  parsed.set(name, found)
  return found
}
