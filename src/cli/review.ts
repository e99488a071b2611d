// `review`: one page about a phase, then what is new in it. Changes nothing that git tracks.
import path from 'node:path'
import { EXIT, type ExitCode, UsageError } from '../errors.js'
import { idsOf, type PhaseReview, phaseNamed, phaseReviews, waits } from '../run/reviews.js'
import type { PhaseEntry } from '../workflow/order.js'
import { openGit } from '../workspace/git.js'
import type { Config } from './config.js'
import { page } from './pager.js'
import { lookInto, type PageFlags, textOf } from './phase-page.js'
import { openProject, type Project } from './project.js'
import { rememberShown } from './shown.js'

export interface ReviewFlags extends PageFlags {
  readonly workspace: string
  readonly json?: boolean
}

export async function review(name: string | undefined, flags: ReviewFlags, config: Config): Promise<ExitCode> {
  const project = await openProject(path.resolve(config.cwd, flags.workspace), config)
  const { workflow } = project.definitions.loaded
  const git = openGit(project.state.root, config.env)
  const reviews = await phaseReviews(workflow, project.state, () => git)
  const phase = name === undefined ? nextPhase(project, reviews) : phaseNamed(name, workflow)
  const document = await lookInto({ project, phase, reviews, git, flags, config })
  const decided = document.decision?.current === true && document.decision.decision === 'approved'
  if (config.interactive && !flags.json && !decided) {
    const { decideInTerminal } = await import('./terminal.js')
    await decideInTerminal(document, phase, flags, config)
    return EXIT.done
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(document)}\n`)
  else await page(textOf(document, config), config)
  await rememberShown(project.state.root, phase.id, document.tree)
  return EXIT.done
}

/** The first phase that a run waits for; else the first that nobody has approved as it is; else the last one. */
function nextPhase({ definitions, state }: Project, reviews: ReadonlyMap<string, PhaseReview>): PhaseEntry {
  const made = definitions.loaded.workflow.phases.filter((phase) => idsOf(phase).some((id) => state.latest.has(id)))
  const next =
    made.find(({ id }) => waits(reviews.get(id))) ?? made.find(({ id }) => !approved(reviews.get(id))) ?? made.at(-1)
  if (next === undefined) throw new UsageError('nothing was made yet, so there is nothing to look at')
  return next
}

const approved = (review: PhaseReview | undefined): boolean =>
  review?.current === true && review.decision?.decision === 'approved'
