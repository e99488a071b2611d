// The structural schemas of Kubernetes and of the extensions that we know (validators/kubernetes.json.br), parsed kind by kind on first use.
import { z } from 'zod'
import { lineFile } from './line-file.js'

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
const parsed = new Map<string, StructuralSchema>()
const file = () => lineFile('kubernetes.json.br')

/** Version of Kubernetes that the schemas are of. */
export const kubernetesVersion = (): string => z.string().parse(file().read('version'))

/** Every `apiVersion/kind` with a schema. */
export const knownKinds = (): string[] => file().names.filter((name) => /^[^A-Z]*\/[A-Z]\w*$/.test(name))

/** Schema of a kind (`apps/v1/Deployment`) or of a definition that one refers to; nothing where it is not known. */
export function structuralSchema(name: string): StructuralSchema | undefined {
  const before = parsed.get(name)
  if (before !== undefined) return before
  const found = schema.optional().parse(file().read(name))
  if (found !== undefined) parsed.set(name, found)
  return found
}
