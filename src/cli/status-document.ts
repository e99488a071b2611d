// Works out what `status` says: opens the workspace, plans it, and asks how people decided.
import { phaseReviews } from '../run/reviews.js'
import { type StatusDocument, statusDocument } from '../run/status.js'
import { openGit } from '../workspace/git.js'
import { leftAside } from '../workspace/stash.js'
import type { Config } from './config.js'
import { openProject } from './project.js'

export async function statusOf(folder: string, config: Config): Promise<StatusDocument> {
  const { definitions, platform, items, state } = await openProject(folder, config)
  const { workflow } = definitions.loaded
  return statusDocument({
    workspace: state.root,
    project: platform.spec.name,
    maturity: platform.maturity,
    options: platform.options,
    unmerged: state.unmerged,
    setAside: (await leftAside(state.root)) !== undefined,
    workflow,
    items,
    reviews: await phaseReviews(workflow, state, () => openGit(state.root, config.env)),
    files: new Map([...state.latest].map(([id, attempt]) => [id, attempt.files])),
  })
}
