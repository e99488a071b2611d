// `rerun`: makes one deliverable, one agent's or one phase's anew, or everything that is stale; the rest stays as it is.
import path from 'node:path'
import { type ExitCode, UsageError, WorkspaceError } from '../errors.js'
import { deliverablesOf } from '../run/changes.js'
import { loadCatalogue } from '../run/definitions.js'
import type { Selection } from '../run/select.js'
import { SPEC_ATTEMPT } from '../run/workspace.js'
import type { Workflow } from '../workflow/schema.js'
import { readChoices } from './choices.js'
import type { Config } from './config.js'
import { carryOut, readLevel } from './design.js'
import { openModels } from './opened-models.js'
import { findWorkspace, joinOrigin, recoverWorkspace } from './project.js'
import { specify } from './specify.js'
import { openDefinitions } from './workflow.js'

/** `flags` as commander parsed them: those of the options, and workspace, stale, note, dryRun, verify, yes, json. */
export async function rerun(
  target: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  config: Config,
): Promise<ExitCode> {
  const began = Date.now()
  const folder = path.resolve(config.cwd, String(flags.workspace))
  const definitions = await openDefinitions({ folder }, config)
  const catalogue = await loadCatalogue(definitions.root)
  const { workflow } = definitions.loaded
  const selection = readSelection(target, flags, workflow)
  const choices = readChoices(flags, workflow.options, catalogue)
  await recoverWorkspace(folder, config, flags.dryRun === true)
  const seen = await findWorkspace(folder, true, config, { autostash: flags.autostash === true })
  const found = flags.dryRun === true ? seen : await joinOrigin(seen, config)
  if (found.spec === undefined)
    throw new WorkspaceError(
      `${folder} holds no design, so there is nothing to make again; name it with --workspace, or run mlops-agents design first`,
    )
  const undecided =
    flags.yes === true ? 'take defaults' : config.interactive && flags.json !== true ? 'ask' : 'stop at contradictions'
  const { spec, kept } = await specify(
    { text: undefined, choices, maturity: undefined, existing: found.spec, generated: found.generatedSpec, undecided },
    definitions,
    catalogue,
  )
  const models = selection.plain ? {} : await openModels(flags, undefined, definitions, config)
  return carryOut(
    {
      definitions,
      catalogue,
      found,
      spec,
      kept,
      selection: models.tailoring === undefined ? selection : { ...selection, asking: true },
      began,
      level: readLevel(flags.verify),
      json: flags.json === true,
      dryRun: flags.dryRun === true,
      strict: flags.strict === true,
      allowRun: flags.allowRun === true,
      asks: undecided === 'ask',
      ...models,
    },
    config,
  )
}

function readSelection(
  target: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  workflow: Workflow,
): Selection {
  const note = typeof flags.note === 'string' ? flags.note.trim() : undefined
  if (note === '') throw new UsageError('--note is empty; say what the agent is to do differently, or leave it out')
  if (flags.stale === true) {
    if (target !== undefined)
      throw new UsageError(`rerun takes a name or --stale, not both; got "${target}" and --stale`)
    if (note !== undefined)
      throw new UsageError('--note speaks to one phase, agent or deliverable; name it instead of --stale')
    if (flags.baseline === true)
      throw new UsageError(
        '--baseline gives up what an agent has made; name a phase, an agent or a deliverable for that',
      )
    return { wanted: 'stale' }
  }
  if (target === undefined)
    throw new UsageError(
      'rerun needs a phase, an agent or a deliverable, e.g. rerun features, or --stale for all that is',
    )
  if (target === SPEC_ATTEMPT)
    throw new UsageError('spec.yaml is yours: edit and commit it, then mlops-agents rerun --stale')
  const wanted = new Set(deliverablesOf(target, workflow))
  if (flags.baseline === true) {
    if (note !== undefined || flags.model !== undefined || flags.replay !== undefined)
      throw new UsageError(
        '--baseline takes the files as the blueprints have them; leave --note, --model and --replay out',
      )
    return { wanted, plain: true }
  }
  return { wanted, ...(note === undefined ? {} : { note }) }
}
