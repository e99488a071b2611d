// The page of a phase, gathered from the workspace as it is: what git has, what the design says, and what the checks say of it.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type ReviewDocument, reviewDocument } from '../review/page.js'
import { readSensitiveKinds } from '../review/rules.js'
import { type Looked, lookAtPhase, textsOf } from '../run/look.js'
import { idsOf, type PhaseReview, phaseReviews } from '../run/reviews.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { levelOf } from '../verify/levels.js'
import type { PhaseEntry } from '../workflow/order.js'
import { type Git, openGit } from '../workspace/git.js'
import type { Config } from './config.js'
import { openProject, type Project } from './project.js'
import { reviewText } from './review-text.js'
import { style } from './style.js'
import { groupNotRun, relativeTo, where } from './summary.js'
import { verification } from './verification.js'

export interface PageFlags {
  readonly verify: 'none' | 'L1'
  /** All of the phase, also what was approved before. */
  readonly whole?: boolean
}

/** The page of a phase as its files are now. */
export async function lookNow(
  root: string,
  phase: PhaseEntry,
  flags: PageFlags,
  config: Config,
): Promise<ReviewDocument> {
  const project = await openProject(root, config)
  const git = openGit(root, config.env)
  const reviews = await phaseReviews(project.definitions.loaded.workflow, project.state, () => git)
  return lookInto({ project, phase, reviews, git, flags, config })
}

export const textOf = (document: ReviewDocument, config: Config): string =>
  reviewText(document, {
    paint: style(config.color),
    columns: config.columns,
    workspace: relativeTo(config.cwd, document.workspace),
  })

interface LookInto {
  readonly project: Project
  readonly phase: PhaseEntry
  readonly reviews: ReadonlyMap<string, PhaseReview>
  readonly git: Git
  readonly flags: PageFlags
  readonly config: Config
}

export async function lookInto({ project, phase, reviews, git, flags, config }: LookInto): Promise<ReviewDocument> {
  const { definitions, platform, items, state } = project
  const { file } = definitions.loaded
  const kinds = file.replace(/\.yaml$/, '.review.yaml')
  const [looked, rules] = await Promise.all([
    lookAtPhase(git, state, phase, flags.whole === true),
    readFile(kinds, 'utf8').catch(() => 'kinds: []'),
  ])
  const files = await phaseFiles(git, looked, project, phase)
  const results = flags.verify === 'none' ? undefined : await check(files, project, phase, config)
  const own = items.filter(({ placed }) => placed.phase.id === phase.id && looked.now.seen[placed.deliverable.id])
  const known = reviews.get(phase.id)
  const decision = known?.decision
  return reviewDocument({
    workspace: state.root,
    phase: phase.id,
    title: phase.title,
    tree: looked.now.tree,
    gate: known?.gate ?? false,
    decision:
      decision === undefined
        ? null
        : {
            decision: decision.decision,
            by: decision.by,
            at: decision.at,
            tree: decision.tree,
            note: decision.note ?? null,
            current: decision.tree === looked.now.tree,
          },
    deliverables: own.map((item) => {
      const { id, title, reads } = item.placed.deliverable
      const baseline = platform.composition.baselines.get(id)
      const attempt = looked.now.seen[id] ?? 0
      return {
        id,
        title,
        attempt,
        summary: baseline?.summary ?? '',
        decisions: baseline?.decisions ?? [],
        files: files.filter(({ deliverable }) => deliverable === id).length,
        level: results === undefined ? null : levelOf(id, results, files).level,
        stale: 'reasons' in item && item.kind !== 'not applicable' ? item.reasons : [],
        reads: [
          ...reads.spec.map((name) => `spec.${name}`),
          ...reads.options.map((name) => `options.${name}`),
          ...(baseline?.reads ?? []),
        ],
      }
    }),
    assumptions: state.spec?.assumptions ?? [],
    failed: (results ?? [])
      .filter(({ status }) => status === 'fail')
      .map((result) => `${where(result)}${result.check}: ${result.reason}`),
    not_run: results === undefined ? ['no check was asked for (--verify none)'] : groupNotRun(results),
    kinds: readSensitiveKinds(rules, path.relative(definitions.root, kinds)),
    since: looked.since?.tree ?? null,
    files: [...looked.changes],
  })
}

/** The files that are decided on, as the person's branch has them, each with the deliverable that it came from. */
async function phaseFiles(git: Git, { now }: Looked, project: Project, phase: PhaseEntry): Promise<EmittedFile[]> {
  const { latest } = project.state
  const owners = new Map(
    idsOf(phase).flatMap((id) => (latest.get(id)?.files ?? []).map((file): [string, string] => [file, id])),
  )
  const known = new Map(project.platform.composition.files.map((file) => [file.path, file]))
  return (await textsOf(git, now)).flatMap(({ path: name, mode, content }) => {
    const deliverable = owners.get(name)
    // Of another phase's file that this one patches, its owner's phase counts the level.
    if (deliverable === undefined) return []
    const { components = [], documentation = name.endsWith('.md') } = known.get(name) ?? {}
    return [{ path: name, mode, content, deliverable, components, documentation }]
  })
}

/** Checked beside all that the design holds, so that phases that are still to come are not missing; names across files only where all fits. */
async function check(files: readonly EmittedFile[], project: Project, phase: PhaseEntry, config: Config) {
  const { definitions, platform, items, state } = project
  const own = new Set(idsOf(phase))
  const mine = new Set(files.map((file) => file.path))
  const others = platform.composition.files.filter((file) => !own.has(file.deliverable) && !mine.has(file.path))
  const all = [...others, ...files].sort((one, other) => (one.path < other.path ? -1 : 1))
  const { check: checkFiles, checkPlatform } = await verification({
    level: 'L1',
    external: false,
    workflow: definitions.loaded.workflow,
    root: state.root,
    config,
    platform: { ...platform, composition: { ...platform.composition, files: all } },
    emit: () => {},
    signal: new AbortController().signal,
  })
  const single = await checkFiles(files)
  const stale = items.some((item) => (item.kind === 'make' && item.attempt > 1) || item.kind === 'remove')
  if (stale) return [...single, ...notWhole(own)]
  return (await checkPlatform(single)).filter(({ deliverable }) => deliverable !== undefined && own.has(deliverable))
}

function notWhole(own: ReadonlySet<string>): CheckResult[] {
  const reason = 'names across files are checked when nothing is stale (mlops-agents status says what is)'
  return [...own].map((deliverable) => ({
    check: 'seam',
    level: 'L1',
    status: 'not run',
    tool: 'mlops-agents',
    version: '',
    deliverable,
    reason,
  }))
}
