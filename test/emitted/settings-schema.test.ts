// conf/settings.schema.json against the settings model that it is made from: `make generated` of a fresh design must change nothing.
import { expect, it } from 'vitest'
import { z } from 'zod'
import { CHOICES, type Choice, filesOf, nameOf, platformOf } from './platforms.js'

const schemaFile = z.object({ properties: z.record(z.string(), z.unknown()), $defs: z.record(z.string(), z.unknown()) })

async function textOf(choice: Choice, path: string): Promise<string> {
  return filesOf(await platformOf(choice)).find((file) => file.path === path)?.content ?? ''
}

/** Fields of the class Settings. Where the project lies is found out, not configured, so `root` is left out of the schema. */
function fieldsOf(model: string): string[] {
  const [, body = ''] = model.split('class Settings(')
  const fields = (body.split('@classmethod')[0] ?? '').matchAll(/^ {4}(\w+): /gm)
  return [...fields].map(([, name = '']) => name).filter((name) => name !== 'root' && name !== 'model_config')
}

/** Definitions that are reached from the properties, over other definitions. */
function reached({ properties, $defs }: z.infer<typeof schemaFile>): string[] {
  const seen = new Set<string>()
  const follow = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/\$defs\/(\w+)"/g)) {
      if (seen.has(name)) continue
      seen.add(name)
      follow($defs[name] ?? {})
    }
  }
  follow(properties)
  return [...seen]
}

it.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))(
  'describes the sections of %s, and no other',
  async (_name, choice) => {
    const schema = schemaFile.parse(JSON.parse(await textOf(choice, 'conf/settings.schema.json')))
    const fields = fieldsOf(await textOf(choice, 'src/ml_platform/settings.py'))
    expect(fields.length).toBeGreaterThan(8)
    expect(Object.keys(schema.properties)).toEqual(fields.sort())
    expect(Object.keys(schema.$defs)).toEqual(reached(schema).sort())
  },
)
