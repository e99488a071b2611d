// Platforms as the product itself composes them from the examples, for tests of what a user receives.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { specify } from '../../src/cli/specify.js'
import { loadCatalogue, loadDefinitions } from '../../src/run/definitions.js'
import { buildPlatform, type Platform } from '../../src/run/platform.js'
import { specFiles } from '../../src/run/workspace-engine.js'
import { type FullSpec, isFull } from '../../src/spec/schema.js'
import type { EmittedFile } from '../../src/types.js'

export const ROOT = join(import.meta.dirname, '../..')
export const EXAMPLES = ['churn-telecom', 'credit-default', 'clinic-no-show'] as const
export const MATURITIES = [1, 2, 3, 4, 5] as const

export type Example = (typeof EXAMPLES)[number]
export interface Choice {
  readonly example: Example
  readonly maturity: number
  readonly options?: Readonly<Record<string, string>>
  /** Words of the example's text, and what stands in their place. */
  readonly instead?: readonly [string, string]
}

/** A platform that predicts something. */
export type FullPlatform = Platform & { readonly spec: FullSpec }

export const definitions = await loadDefinitions(ROOT)
const catalogue = await loadCatalogue(ROOT)
const made = new Map<string, Promise<FullPlatform>>()

/** Composed once per choice, because many tests look at the same platform. */
export function platformOf(choice: Choice): Promise<FullPlatform> {
  const name = nameOf(choice)
  const platform = made.get(name) ?? compose(choice)
  made.set(name, platform)
  return platform
}

export async function compose({ example, maturity, options = {}, instead = ['', ''] }: Choice): Promise<FullPlatform> {
  const text = readFileSync(join(ROOT, 'examples', `${example}.txt`), 'utf8').replace(...instead)
  const choices = new Map(Object.entries(options))
  const given = {
    text,
    choices,
    maturity,
    existing: undefined,
    generated: undefined,
    undecided: 'take defaults' as const,
  }
  const { spec } = await specify(given, definitions, catalogue)
  if (!isFull(spec)) throw new Error(`${example} asks for no prediction`)
  return { ...(await buildPlatform(definitions, spec)), spec }
}

export const nameOf = ({ example, maturity, options = {}, instead }: Choice): string =>
  [example, ...Object.values(options), ...(instead?.slice(1) ?? []), maturity].join(' ')

/** Everything that is written to the workspace. */
export const filesOf = (platform: Platform): EmittedFile[] => [...platform.composition.files, ...specFiles(platform)]

/** Every pair of values of two of tracker, store, mode and maturity, and every example at every maturity as its text asks. */
export const CHOICES: readonly Choice[] = [
  ...EXAMPLES.flatMap((example) => MATURITIES.map((maturity) => ({ example, maturity }))),
  ...['realtime', 'batch', 'hybrid'].flatMap((deployment_mode, m) =>
    MATURITIES.map((maturity, level) => ({
      example: 'churn-telecom' as const,
      maturity,
      options: {
        experiment_tracking: ['mlflow', 'wandb'][(m + level) % 2] ?? '',
        feature_store: ['feast', 'custom'][(Math.floor(level / 2) + m) % 2] ?? '',
        deployment_mode,
      },
    })),
  ),
]
