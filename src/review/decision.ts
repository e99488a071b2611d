// What was decided on a phase, as status and review both show it.
import { z } from 'zod'
import { DECISIONS } from '../workspace/reviews.js'

export const decisionSchema = z.strictObject({
  decision: z.enum(DECISIONS),
  /** Name and address from the git settings of who decided. */
  by: z.string(),
  at: z.string(),
  tree: z.string(),
  note: z.string().nullable(),
  /** The phase's files are still those that were decided on. */
  current: z.boolean(),
})
