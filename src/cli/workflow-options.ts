// The options of the workflow file, read without the rest of the product so that `design --help` stays quick.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CORE_SCHEMA, load } from 'js-yaml'
import type { Workflow } from '../workflow/schema.js'

/** Not validated here: a faulty workflow gives no options, and shows its error when the command loads it in full. */
export async function readWorkflowOptions(root: string): Promise<Workflow['options']> {
  try {
    const text = await readFile(path.join(root, 'workflows', 'ml-pipeline.yaml'), 'utf8')
    const { options } = load(text, { schema: CORE_SCHEMA }) as Partial<Workflow>
    return options ?? {}
  } catch {
    return {}
  }
}
