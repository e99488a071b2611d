// Changes that agents make to contract entries of their own deliverables, on top of the contract that the spec leads to. Pure.
import type { Json } from '../types.js'
import { CONTRACT_SECTIONS, type Contract, contractSchema } from './contract.js'

/** A new or another value of one contract entry. */
export interface Amendment {
  /** `<section>.<name>` */
  readonly entry: string
  /** The whole entry without its owner, as JSON on one line. */
  readonly value: string
}

/** By id of the deliverable whose agent made them. */
export type Amendments = ReadonlyMap<string, readonly Amendment[]>

export interface RefusedAmendment {
  readonly deliverable: string
  readonly entry: string
  readonly reason: string
}

/** What was asked for, and not what was agreed on the way: it changes with spec.yaml. */
const ASKED_FOR: readonly string[] = ['criteria', 'slos', 'not_applicable']

/** The contract with every amendment that holds; the others have no effect, each with its reason. */
export function amend(
  contract: Contract,
  amendments: Amendments,
): { readonly contract: Contract; readonly refused: readonly RefusedAmendment[] } {
  let amended = contract
  const refused: RefusedAmendment[] = []
  for (const [deliverable, own] of [...amendments].sort(([one], [other]) => (one < other ? -1 : 1))) {
    for (const { entry, value } of own) {
      const result = amendOne(amended, deliverable, entry, value)
      if (typeof result === 'string') refused.push({ deliverable, entry, reason: result })
      else amended = result
    }
  }
  return { contract: amended, refused }
}

/** The contract with the entry, or why it cannot be. */
function amendOne(contract: Contract, deliverable: string, entry: string, value: string): Contract | string {
  const [section, name, ...rest] = entry.split('.')
  const known = CONTRACT_SECTIONS.find((one) => one === section)
  if (known === undefined) return `there is no section ${section}; expected one of ${open().join(', ')}`
  if (ASKED_FOR.includes(known)) return `${known} follow from what the user asked for and are not amended`
  if (name === undefined || rest.length > 0) return `expected ${known}.<name of one entry>, its whole value beside it`
  const entries: Readonly<Record<string, { readonly owner: string }>> = contract[known]
  const before = entries[name]
  const owner = before?.owner ?? Object.values(entries).find((one) => one.owner === deliverable)?.owner
  if (owner !== deliverable) {
    const owners = [...new Set(Object.values(entries).map((one) => one.owner))].sort().join(', ')
    return before === undefined
      ? `${deliverable} has no entry in ${known}, so it adds none; the section belongs to ${owners || 'nobody here'}`
      : `it belongs to ${before.owner} and not to ${deliverable}`
  }
  const given = read(value)
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `expected the whole entry as a JSON object, got ${value.slice(0, 60)}`
  if (given.owner !== undefined && given.owner !== deliverable)
    return `the owner stays ${deliverable}; leave it out of the value`
  const parsed = contractSchema.safeParse({
    ...contract,
    [known]: { ...entries, [name]: { owner: deliverable, ...given } },
  })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `${issue?.path.slice(2).join('.') || 'the value'}: ${issue?.message ?? 'does not fit'}`
  }
  return looser(contract, parsed.data, known, name) ?? parsed.data
}

/** A metric that a gate holds to may be held to more and never to less. */
function looser(before: Contract, after: Contract, section: string, name: string): string | undefined {
  const [was, is] = [before.metrics[name], after.metrics[name]]
  if (section !== 'metrics' || was === undefined || is === undefined) return undefined
  if (was.direction !== is.direction || was.role !== is.role) return 'direction and role of a metric stay as they are'
  const bound = was.threshold
  if (bound === null) return undefined
  const kept = is.threshold !== null && (was.direction === 'higher' ? is.threshold >= bound : is.threshold <= bound)
  return kept ? undefined : `its threshold is ${bound}, and ${is.threshold} would let more pass`
}

const open = (): string[] => CONTRACT_SECTIONS.filter((one) => !ASKED_FOR.includes(one))

function read(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** As it is kept: JSON on one line, without runs of blanks, so that it reads back the same from wherever it stood. */
export const onOneLine = (json: string): string => JSON.stringify(JSON.parse(json)).replace(/\s+/g, ' ')
