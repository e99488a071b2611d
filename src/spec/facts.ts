// A fact of the spec: a typed value, where it came from, and the user's own words for it.
import { z } from 'zod'

export const ORIGINS = ['stated', 'assumed', 'edited'] as const

/** Wraps a value schema; `stated` needs the quote and the requirement it was read from, so nothing is claimed as the user's that is not. */
export const fact = <T extends z.ZodType>(value: T) =>
  z
    .strictObject({
      value,
      origin: z.enum(ORIGINS),
      quote: z.string().min(1).optional(),
      req: z
        .string()
        .regex(/^REQ-\d{3}$/)
        .optional(),
      reason: z.string().min(1).optional(),
    })
    .refine((f) => f.origin !== 'stated' || (f.quote !== undefined && f.req !== undefined), {
      message: 'a stated fact needs the quote and the requirement id (req) that it was read from',
    })

export interface Fact<T> {
  value: T
  origin: (typeof ORIGINS)[number]
  quote?: string | undefined
  req?: string | undefined
  reason?: string | undefined
}
