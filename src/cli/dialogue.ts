// A person in front of a terminal decides on a phase: sees the page, then approves, asks for something else, edits by hand, or leaves it open.
import { UserError } from '../errors.js'
import type { ReviewDocument } from '../review/page.js'
import { short } from '../run/decide.js'
import type { Decision } from '../workspace/reviews.js'
import type { Config } from './config.js'
import { visible } from './escape.js'
import { page } from './pager.js'
import { textOf } from './phase-page.js'

export interface Dialogue {
  /** The page as the files are now. */
  readonly look: () => Promise<ReviewDocument>
  /** @throws UserError where it cannot be recorded, with the reason */
  readonly decide: (decision: Decision, on: { readonly tree: string; readonly note?: string }) => Promise<void>
  readonly config: Config
}

/** Undefined where the person leaves it open, also by Ctrl-C. What cannot be recorded is said, and the question comes again. */
export async function askToDecide({ look, decide, config }: Dialogue): Promise<Decision | undefined> {
  const { isCancel, select, text } = await import('@clack/prompts')
  let document = await look()
  await page(textOf(document, config), config)
  for (;;) {
    const { phase, title, tree } = document
    // First and so what Enter takes: nobody approves by pressing it once too often.
    const answer = await select({
      message: `${phase} (${title}), tree ${short(tree)}: what do you decide?`,
      options: [
        { value: 'later', label: 'Later', hint: 'nothing is recorded' },
        { value: 'approve', label: 'Approve', hint: 'these files, in your name' },
        { value: 'revise', label: 'Revise', hint: 'made again with a note for the agent' },
        { value: 'edit', label: 'Edit by hand', hint: 'change the files yourself, then approve them' },
        { value: 'look', label: 'Look again' },
      ],
    })
    if (isCancel(answer) || answer === 'later') return undefined
    if (answer === 'edit') {
      const done = await text({
        message: `Edit in ${document.workspace}, commit, and press Enter to see what is different then`,
      })
      if (isCancel(done)) return undefined
    }
    if (answer === 'edit' || answer === 'look') {
      document = await look()
      await page(textOf(document, config), config)
      continue
    }
    const note = answer === 'revise' ? await text({ message: 'What is to be different?', validate: needed }) : undefined
    if (isCancel(note)) continue
    const decision = answer === 'revise' ? 'revise' : 'approved'
    try {
      await decide(decision, { tree, ...(note === undefined ? {} : { note }) })
      return decision
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      process.stderr.write(`${visible(error.message)}\n`)
      document = await look()
    }
  }
}

const needed = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? 'a revision needs a note that says what is to be different' : undefined
