// `design`: requirements -> spec -> plan -> files in the workspace, verified. The first file of the main path.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { EXIT, type ExitCode, UsageError } from '../errors.js'
import { lookAhead } from '../run/ahead.js'
import { type Catalogue, type Definitions, loadCatalogue } from '../run/definitions.js'
import type { Emit } from '../run/events.js'
import type { Gates } from '../run/gate.js'
import { readHistory } from '../run/history.js'
import type { PlanItem } from '../run/plan.js'
import { contextSubject } from '../run/platform.js'
import { besideStale, presentPlatform } from '../run/present.js'
import { presentFiles } from '../run/present-files.js'
import { rememberPlatform } from '../run/recall.js'
import { reportUnchanged, run } from '../run/run.js'
import type { Selection } from '../run/select.js'
import type { WorkspaceState } from '../run/workspace.js'
import { nothingToDo, openEngine, workspaceFiles } from '../run/workspace-engine.js'
import type { Spec } from '../spec/schema.js'
import { allowRun } from './allow-run.js'
import { readChoices } from './choices.js'
import type { Config } from './config.js'
import { estimateText } from './cost.js'
import { dryRun } from './dry-run.js'
import { openGates, readPauses } from './gates.js'
import { listenForInterrupt } from './interrupt.js'
import { modelFor, type OpenedModels, openModels } from './opened-models.js'
import { findWorkspace, joinOrigin, platformMemory, recoverWorkspace } from './project.js'
import type { Reader } from './reading.js'
import { rebuild } from './rebuild.js'
import { openReporter } from './report.js'
import { readRequirementsText } from './requirements.js'
import { settleForComposing } from './runtime.js'
import { defaultFolder, nothingToDesignFrom, specify } from './specify.js'
import { fell } from './tailored.js'
import { expectChecks, judgeOf, verification } from './verification.js'
import { naming, openDefinitions } from './workflow.js'

export interface DesignRequest {
  readonly text: string | undefined
  /** As commander parsed them. */
  readonly flags: Readonly<Record<string, unknown>>
}

export async function design({ text, flags }: DesignRequest, config: Config): Promise<ExitCode> {
  const began = Date.now()
  const requirements = await readRequirementsText(text, flags.requirementsFile, config.cwd)
  const stash = { autostash: flags.autostash === true }
  // Looked at while the definitions load; what is wrong with the flags is still said first.
  const early =
    typeof flags.workspace === 'string' && flags.rebuildBase !== true
      ? findWorkspace(path.resolve(config.cwd, flags.workspace), flags.nested === true, config, stash)
      : undefined
  early?.catch(() => undefined)
  const named = typeof flags.workspace === 'string' ? path.resolve(config.cwd, flags.workspace) : undefined
  // What is not there yet will be checked whole, unless something is wrong; another processor would have nothing to do so long.
  if (named !== undefined && readLevel(flags.verify) !== 'none' && flags.dryRun !== true && !existsSync(named))
    await expectChecks(named)
  const where = { flag: flags.workflow, folder: named ?? (requirements === undefined ? config.cwd : undefined) }
  const definitions = await openDefinitions(where, config)
  const catalogue = await loadCatalogue(definitions.root)
  const { workflow } = definitions.loaded
  const choices = readChoices(flags, workflow.options, catalogue)
  const maturity = readMaturity(flags.maturity, workflow.maturity.levels.length)
  const pause = readPauses(flags.pause, workflow)
  if (flags.dryRun === true && (flags.verify === 'L2' || flags.verify === 'L3')) {
    throw new UsageError(
      `--dry-run writes nothing, so there is nothing to verify at ${flags.verify}; leave one of the two out`,
    )
  }
  if (flags.dryRun === true && flags.rebuildBase === true)
    throw new UsageError('--dry-run writes nothing, and --rebuild-base makes a branch; leave one of the two out')
  const undecided =
    flags.yes === true ? 'take defaults' : config.interactive && flags.json !== true ? 'ask' : 'stop at contradictions'

  const folder = await chooseFolder(flags.workspace, requirements, config.cwd, () =>
    defaultFolder(requirements ?? '', definitions, catalogue),
  )
  const recovered = await recoverWorkspace(folder, config, flags.dryRun === true)
  if (flags.rebuildBase === true) await rebuild(folder, definitions, config)
  const seen = await ((recovered ? undefined : early) ?? findWorkspace(folder, flags.nested === true, config, stash))
  const found = flags.dryRun === true ? seen : await joinOrigin(seen, config)
  // What a killed command has spent on reading the text is of the same budget.
  const calls = requirements === undefined ? undefined : (await readHistory(found.root)).reading
  const opened = await openModels(flags, undefined, definitions, config, calls)
  const reader = await readerOf(requirements, opened, found.root, definitions, flags.dryRun === true)
  try {
    const before = { existing: found.spec, generated: found.generatedSpec }
    const { spec, kept } = await specify(
      { text: requirements, choices, maturity, undecided, ...before, ...(reader && { reader }) },
      definitions,
      catalogue,
    )
    return await carryOut(
      {
        definitions,
        catalogue,
        found,
        spec: naming(spec, definitions, found.root),
        kept,
        level: readLevel(flags.verify),
        json: flags.json === true,
        dryRun: flags.dryRun === true,
        pause,
        asks: undecided === 'ask',
        strict: flags.strict === true,
        allowRun: flags.allowRun === true,
        ...opened,
        ...(reader && { reader }),
        began,
      },
      config,
    )
  } finally {
    // A run closes it itself; where none came of it, this does.
    await reader?.reading?.record.close().catch(() => undefined)
  }
}

/** Loaded only where a model is to read a text. */
async function readerOf(
  text: string | undefined,
  { tailoring }: OpenedModels,
  root: string,
  definitions: Definitions,
  dry: boolean,
): Promise<Reader | undefined> {
  if (text === undefined || tailoring?.reader === undefined) return undefined
  return (await import('./reading.js')).openReader(tailoring.reader, root, definitions, dry)
}

/** What is to be made where, by whichever command it was asked for. */
export interface ToCarryOut extends OpenedModels {
  readonly definitions: Definitions
  readonly catalogue: Catalogue
  readonly found: WorkspaceState
  readonly spec: Spec
  /** Paths of spec.yaml where a person's edit won over the text. */
  readonly kept: readonly { readonly path: string }[]
  readonly level: 'none' | 'L1' | 'L2' | 'L3'
  readonly json: boolean
  readonly dryRun?: boolean
  /** The run that this one goes on with. */
  readonly resumes?: { readonly number: number; readonly run: string }
  /** What of the plan is wanted; all of it where absent. */
  readonly selection?: Selection
  /** Phases after which to wait for a person, besides those of the workflow. */
  readonly pause?: readonly string[]
  /** Code that agents wrote may run. */
  readonly allowRun?: boolean
  /** Where work of an agent is not accepted, that is a failed check. */
  readonly strict?: boolean
  /** Of the model that read the requirements. */
  readonly reader?: Reader
  /** A person is there, and can be asked at a gate. */
  readonly asks?: boolean
  /** Milliseconds since the epoch. */
  readonly began: number
}

/** From the spec to files in the workspace, verified and reported. */
export async function carryOut(asked: ToCarryOut, config: Config): Promise<ExitCode> {
  const { definitions, catalogue, found, spec, kept, level, json, began } = asked
  const { workflow } = definitions.loaded
  if (level === 'none') settleForComposing()
  const memory = platformMemory(found.root, config)
  // A workspace that was never run will be checked whole.
  if (level !== 'none' && asked.dryRun !== true && found.previous.size === 0) await expectChecks(found.root)
  const { tailoring, selection, reader: { reading } = {} } = asked
  const ahead = await lookAhead({
    definitions,
    catalogue,
    spec,
    found,
    memory,
    env: config.env,
    ...(selection === undefined ? {} : { selection }),
    ...(tailoring === undefined ? {} : { modelFor: modelFor(tailoring.names, selection) }),
  })
  const { platform, items, people } = ahead
  if (asked.dryRun === true) {
    return dryRun({
      definitions,
      platform,
      items,
      root: found.root,
      json,
      planOnly: selection !== undefined,
      notices: [...(asked.reader?.notices ?? []), ...ahead.consequences],
      ...(asked.reader?.shown === undefined ? {} : { reading: asked.reader.shown }),
      people,
      ...(tailoring === undefined ? {} : { tailoring }),
      ...(asked.models === undefined ? {} : { models: asked.models }),
    })
  }

  const { allowRun: allowed = false, asks = false } = asked
  await allowRun({ level, state: found, agents: tailoring !== undefined, allowed, asks }, config)
  const reporter = openReporter({ config, json, platform, workflow, kept, began })
  const accepted = await ahead.accepted()
  const { replan } = ahead
  const subject = {
    ...{ ...contextSubject(definitions, platform), platform, items, people, accepted },
    ...{ replan, workspace: found.root },
  }
  if (nothingToDo(items, platform, found) && (level === 'none' || level === 'L1')) {
    reporter.end(reportUnchanged(subject, reporter.emit))
    return EXIT.done
  }
  for (const text of [
    ...(asked.reader?.notices ?? []),
    ...ahead.consequences,
    ...(tailoring === undefined ? offlineNote(items) : []),
  ])
    reporter.notice(text)
  if (tailoring?.estimate !== undefined)
    reporter.notice(estimateText(tailoring.estimate(items, subject), asked.models?.budget))
  const interrupt = listenForInterrupt('deliverable')
  // What lies there of stale deliverables is looked at by checks and agents alone.
  const looked = level !== 'none' || tailoring !== undefined
  const shown = looked ? await presentPlatform(platform, items, found, ahead.git, accepted) : platform
  const present = presentFiles(workspaceFiles(shown), platform)
  const { check, checkPlatform, keep } = await verification({
    level,
    external: level === 'L2' || level === 'L3',
    platform: shown,
    present,
    workflow,
    root: found.root,
    config,
    emit: reporter.emit,
    signal: interrupt.signal,
  })
  let fallen = false
  const emit: Emit = (event) => {
    if (event.type === 'tailor-end') fallen ||= fell(event)
    reporter.emit(event)
  }
  const engine = await openEngine({
    ...(await openGates(workflow, found, asked.pause ?? [], await decider(asked, config))),
    platform,
    state: found,
    ...(reading === undefined ? {} : { record: reading.record }),
    ...(tailoring === undefined ? {} : { agents: tailoring.agents }),
    ...(asked.models === undefined ? {} : { models: asked.models }),
    present,
    judge: judgeOf,
    env: config.env,
    emit,
    notice: reporter.notice,
    level,
    selection,
    resumes: asked.resumes,
    clock: Date.now,
    signal: interrupt.signal,
    check,
    checkPlatform: async (results, there) => besideStale(await checkPlatform(results, there), items),
  })
  try {
    const result = await run({ ...subject, engine })
    // While the workspace is still held, so that a run that is killed here is known to have left something.
    await rememberPlatform(definitions, catalogue, present.platform(), memory)
    // Whoever looks at what waits is shown the same verdicts at once.
    if (result.waits !== undefined) await keep()
    await engine.close()
    reporter.end(result)
    if (result.status === 'waiting') return EXIT.person
    return result.status === 'done' && !(asked.strict === true && fallen) ? EXIT.done : EXIT.check
  } catch (error) {
    // What stopped the run is the reason; that the record could not be finished either only follows from it.
    await engine.close().catch(() => undefined)
    throw error
  } finally {
    await tailoring?.finish(reading?.answers())
    interrupt.stop()
  }
}

/** Loaded only where somebody can be asked. */
async function decider({ asks, found, definitions, level }: ToCarryOut, config: Config): Promise<Gates['decide']> {
  if (asks !== true) return undefined
  const { decideAtGate } = await import('./terminal.js')
  return decideAtGate(found.root, definitions.loaded.workflow, level === 'none' ? 'none' : 'L1', config)
}

/** What only a model makes, and a note, which without a model nobody reads. */
function offlineNote(items: readonly PlanItem[]): string[] {
  const missing = items.filter(({ kind }) => kind === 'not built').map(({ placed }) => placed.deliverable.id)
  const alone =
    missing.length === 0
      ? []
      : [`no blueprint makes ${missing.join(', ')}, and no model is configured: add --model anthropic:<id>`]
  return [...alone, ...unreadNote(items)]
}

function unreadNote(items: readonly PlanItem[]): string[] {
  if (!items.some((item) => item.kind === 'make' && item.note !== undefined)) return []
  return [
    'no model is configured, so no agent read the note; it is kept for the prompts of later attempts. ' +
      'To have it now, edit the files and commit: later runs keep your edits; or change spec.yaml and rerun --stale',
  ]
}

/** The named workspace; else, without a text, the present folder where it is one; else a folder of the project's name. */
async function chooseFolder(
  named: unknown,
  requirements: string | undefined,
  cwd: string,
  nameFromText: () => Promise<string>,
): Promise<string> {
  if (named === '') throw new UsageError('--workspace is empty; name a folder, e.g. --workspace ../churn')
  if (typeof named === 'string') return path.resolve(cwd, named)
  if (requirements !== undefined) return path.resolve(cwd, await nameFromText())
  const here = (name: string) => existsSync(path.join(cwd, name))
  // Of a bare repository there is something better to say than that it has no spec.yaml.
  if (here('spec.yaml') || (here('HEAD') && here('objects'))) return cwd
  throw nothingToDesignFrom()
}

function readMaturity(value: unknown, levels: number): number | undefined {
  if (value === undefined) return undefined
  const maturity = Number(value)
  if (!Number.isInteger(maturity) || maturity < 1 || maturity > levels)
    throw new UsageError(`--maturity "${value}" is not a whole number from 1 to ${levels}`)
  return maturity
}

export function readLevel(value: unknown): 'none' | 'L1' | 'L2' | 'L3' {
  return value === 'none' || value === 'L2' || value === 'L3' ? value : 'L1'
}
