// Decisions at a terminal: those of `review`, and those of a run that waits at a gate and holds the workspace meanwhile.
import type { ReviewDocument } from '../review/page.js'
import { record } from '../run/decide.js'
import type { Gates } from '../run/gate.js'
import { phaseNamed } from '../run/reviews.js'
import type { PhaseEntry } from '../workflow/order.js'
import type { Workflow } from '../workflow/schema.js'
import type { Config } from './config.js'
import { decisionDocument, decisionText, settle } from './decision.js'
import { askToDecide } from './dialogue.js'
import { lookNow, type PageFlags } from './phase-page.js'
import { rememberShown } from './shown.js'
import { relativeTo } from './summary.js'

/** `first` is the page as it was just made. */
export async function decideInTerminal(
  first: ReviewDocument,
  phase: PhaseEntry,
  flags: PageFlags,
  config: Config,
): Promise<void> {
  const { workspace: folder } = first
  let known: ReviewDocument | undefined = first
  const decision = await askToDecide({
    config,
    look: async () => {
      const document = known ?? (await lookNow(folder, phase, flags, config))
      known = undefined
      await rememberShown(folder, phase.id, document.tree)
      return document
    },
    decide: async (kind, { tree, note }) => {
      const on = { folder, phase, tree: async () => tree, ...(note === undefined ? {} : { note }) }
      const { decided, waiting } = await settle(kind, on, config)
      process.stdout.write(decisionText(decisionDocument(folder, decided, waiting, config), phase.title))
    },
  })
  if (decision === undefined) process.stdout.write(`Nothing was recorded; ${phase.id} is as open as before.\n`)
}

/** What a run does at a gate where somebody is there. */
export function decideAtGate(
  root: string,
  workflow: Workflow,
  verify: PageFlags['verify'],
  config: Config,
): NonNullable<Gates['decide']> {
  return async (waits) => {
    const phase = phaseNamed(waits.phase, workflow)
    const decision = await askToDecide({
      config,
      look: () => lookNow(root, phase, { verify }, config),
      decide: async (kind, { tree, note }) => {
        await record({
          ...{
            root,
            env: config.env,
            typed: relativeTo(config.cwd, root),
            phase,
            decision: kind,
            tree,
            clock: Date.now,
          },
          ...(note === undefined ? {} : { note }),
          notice: (text) => void process.stderr.write(`note: ${text}\n`),
        })
      },
    })
    return decision === 'approved'
  }
}
