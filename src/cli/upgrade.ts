// `upgrade`: what this version of the product makes differently of a platform that another one made, and then makes it so.
import path from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitCode, WorkspaceError } from '../errors.js'
import { loadCatalogue } from '../run/definitions.js'
import { upgradeOf } from '../run/upgrade.js'
import { diffSpec } from '../spec/diff.js'
import type { Spec } from '../spec/schema.js'
import { openGit } from '../workspace/git.js'
import type { Config } from './config.js'
import { carryOut, readLevel } from './design.js'
import { findWorkspace, joinOrigin, recoverWorkspace } from './project.js'
import { specify } from './specify.js'
import { relativeTo } from './summary.js'
import { openDefinitions } from './workflow.js'

/** The first line of `upgrade --json`; the events of the run follow, or nothing where nothing changes. */
export const upgradeDocumentSchema = z.strictObject({
  type: z.literal('upgrade'),
  workspace: z.string(),
  /** What this version makes in another way, in workflow order. */
  deliverables: z.array(
    z.strictObject({
      id: z.string(),
      reasons: z.array(z.string()),
      /** Against the generated branch; none where only an agent or a prompt is another one. */
      files: z.array(z.strictObject({ path: z.string(), how: z.enum(['added', 'changed', 'removed']) })),
    }),
  ),
  /** Direct ones of the generated project; a version is null where it was not used, or is not any more. */
  dependencies: z.array(
    z.strictObject({
      kind: z.enum(['package', 'chart', 'image', 'action', 'provider']),
      name: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      files: z.array(z.string()),
    }),
  ),
  /** Of the chosen components. */
  advisories: z.array(
    z.strictObject({ how: z.enum(['new', 'gone']), component: z.string(), date: z.string(), text: z.string() }),
  ),
  /** Deliverables of an earlier version that this one does not know; their files stay. */
  unknown: z.array(z.string()),
})
type UpgradeDocument = z.infer<typeof upgradeDocumentSchema>

/** `flags` as commander parsed them: workspace, dryRun, autostash, verify, json. */
export async function upgrade(flags: Readonly<Record<string, unknown>>, config: Config): Promise<ExitCode> {
  const began = Date.now()
  const [json, dryRun] = [flags.json === true, flags.dryRun === true]
  const folder = path.resolve(config.cwd, String(flags.workspace))
  const definitions = await openDefinitions({ folder }, config)
  const catalogue = await loadCatalogue(definitions.root)
  await recoverWorkspace(folder, config, dryRun)
  const seen = await findWorkspace(folder, true, config, { autostash: flags.autostash === true })
  const found = dryRun ? seen : await joinOrigin(seen, config)
  if (found.spec === undefined)
    throw new WorkspaceError(
      `${folder} holds no design that could be upgraded; name it with --workspace, or run mlops-agents design first`,
    )
  const { spec, kept } = await specify(
    {
      text: undefined,
      choices: new Map(),
      maturity: undefined,
      existing: found.spec,
      generated: found.generatedSpec,
      undecided: 'take defaults',
    },
    definitions,
    catalogue,
  )
  const changes = await upgradeOf(definitions, found, () => openGit(found.root, config.env))
  const document: UpgradeDocument = upgradeDocumentSchema.parse({
    type: 'upgrade',
    workspace: found.root,
    ...changes,
    advisories: advisoryChanges(found.generatedSpec ?? found.spec, spec),
  })
  const nothing = changes.deliverables.length === 0 && document.advisories.length === 0
  const edited = found.generatedSpec === undefined ? 0 : diffSpec(found.generatedSpec, found.spec).length
  process.stdout.write(
    json ? `${JSON.stringify(document)}\n` : upgradeText(document, edited, relativeTo(config.cwd, found.root)),
  )
  if (nothing) return EXIT.done
  return carryOut(
    {
      definitions,
      catalogue,
      found,
      spec,
      kept,
      began,
      json,
      dryRun,
      selection: { wanted: new Set(changes.deliverables.map(({ id }) => id)) },
      level: readLevel(flags.verify),
      allowRun: flags.allowRun === true,
    },
    config,
  )
}

function advisoryChanges(before: Spec, after: Spec): UpgradeDocument['advisories'] {
  const same = (one: Spec['advisories'][number]) => (other: Spec['advisories'][number]) =>
    one.component === other.component && one.date === other.date && one.text === other.text
  // An option that a person has changed since brings other advisories, and that is not this version's doing.
  const asked = (spec: Spec) =>
    spec.advisories.filter(({ component }) => {
      const [option = ''] = component.split('/')
      return before.options[option]?.value === after.options[option]?.value
    })
  const [one, other] = [asked(before), asked(after)]
  return [
    ...other.filter((entry) => !one.some(same(entry))).map((entry) => ({ how: 'new' as const, ...entry })),
    ...one.filter((entry) => !other.some(same(entry))).map((entry) => ({ how: 'gone' as const, ...entry })),
  ]
}

/** More files of one deliverable than this are counted. */
const SHOWN = 8

function upgradeText(document: UpgradeDocument, edited: number, workspace: string): string {
  const { deliverables, dependencies, advisories, unknown } = document
  const lines: string[] = []
  if (deliverables.length === 0 && advisories.length === 0)
    lines.push('This version of mlops-agents makes the platform as it is: nothing was written.')
  if (deliverables.length > 0) lines.push(`This version of mlops-agents changes ${counted(deliverables.length)}:`)
  for (const { id, reasons, files } of deliverables) {
    lines.push(`  ${id}: ${reasons.join('; ')}`)
    lines.push(...files.slice(0, SHOWN).map(({ path: file, how }) => `    ${how.padEnd(8)} ${file}`))
    if (files.length > SHOWN) lines.push(`    and ${files.length - SHOWN} more files`)
    if (files.length === 0) lines.push('    its files stay as they are')
  }
  if (dependencies.length > 0) lines.push('Dependencies:')
  for (const { kind, name, before, after, files } of dependencies) {
    const what = before === null ? `${after} (new)` : after === null ? `${before} (gone)` : `${before} -> ${after}`
    const where = files.length > 2 ? `${files.length} files` : files.join(', ')
    lines.push(`  ${kind.padEnd(8)} ${name} ${what}   ${where}`)
  }
  if (advisories.length > 0) lines.push('Advisories:')
  for (const { how, component, date, text } of advisories)
    lines.push(`  ${how.padEnd(4)} ${component} (${date}): ${text}`)
  if (unknown.length > 0)
    lines.push(`This version makes no ${unknown.join(', ')} any more; the files stay, delete what you do not need.`)
  if (edited > 0)
    lines.push(
      `spec.yaml was edited since the last run; what only that makes stale is not part of this: mlops-agents rerun --stale --workspace ${workspace}`,
    )
  return `${lines.join('\n')}\n`
}

const counted = (count: number): string => `${count} deliverable${count === 1 ? '' : 's'}`
