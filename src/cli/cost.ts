// What models cost, in a person's words.
import type { Estimate } from '../provider/estimate.js'
import type { Cost, Spending } from '../run/cost.js'
import type { ModelChoice } from '../run/events.js'

/** One line for each deliverable and a sum; what is not certain stands below. */
export function costText({ deliverables, all, before }: Cost): string {
  if (all.calls + all.lost.calls === 0) return '  Cost         no model was asked; answers that were kept cost nothing'
  const rows = [...deliverables.map((one): [string, Spending] => [one.deliverable, one]), ['sum', all] as const]
  const models = [...new Set(deliverables.flatMap((one) => one.models))].sort()
  return [
    `  ${'Cost'.padEnd(22)} ${'calls'.padStart(6)} ${'tokens in'.padStart(11)} ${'kept'.padStart(5)} ${'out'.padStart(9)}   USD        ${models.join(', ')}`,
    ...rows.map(([name, one]) => row(name, one)),
    ...uncertain(all),
    ...(before === undefined || before.tokens === 0
      ? []
      : [
          `  ${'runs before it'.padEnd(22)} ${grouped(before.tokens)} tokens${before.usd > 0 ? `, ${usdText(before.usd)}` : ''}; they count for the budget`,
        ]),
  ].join('\n')
}

/** For an agent's own line, as soon as it is done. */
export function spentText({ input, output, kept, usd }: Spending): string {
  const price = usd === null ? [] : [usdText(usd)]
  const share = kept === 0 ? [] : [`${keptShare(kept, input)} of the input kept`]
  return [...price, `${grouped(input + output)} tokens`, ...share].join(', ')
}

const keptShare = (kept: number, input: number): string => `${Math.round((kept / input) * 100)} %`

function row(name: string, { calls, input, kept, output, usd, estimated, lost }: Spending): string {
  const share = input === 0 ? '' : keptShare(kept, input)
  const marks = [
    ...(estimated > 0 ? ['estimated in part'] : []),
    ...(lost.calls > 0 ? [`${lost.calls} without an answer`] : []),
  ]
  return `  ${name.padEnd(22)} ${String(calls).padStart(6)} ${grouped(input).padStart(11)} ${share.padStart(5)} ${grouped(output).padStart(9)}   ${priced(usd)}${marks.length === 0 ? '' : `   ${marks.join(', ')}`}`
}

function uncertain({ estimated, lost }: Spending): string[] {
  return [
    ...(estimated > 0 ? [`  ${counted(estimated)} estimated: the vendor did not say how many tokens they were`] : []),
    ...(lost.calls > 0
      ? [
          `  ${counted(lost.calls)} without an answer, which may be on the bill: at most ${grouped(lost.tokens)} tokens, ${priced(lost.usd)}; not in the sum`,
        ]
      : []),
  ]
}

const priced = (usd: number | null): string => (usd === null ? 'price unknown' : usdText(usd))
/** Small sums would all be 0.00. */
const usdText = (usd: number): string => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
const counted = (count: number): string => `${count} call${count === 1 ? '' : 's'}`

/** Two lines: the numbers, and what they rest on. */
export function estimateText(estimate: Estimate, budget: ModelChoice['budget'] | undefined): string {
  const { calls, inputTokens, outputTokens, usd, mostUsd, assumptions } = estimate
  const price =
    usd === undefined || mostUsd === undefined ? 'price unknown' : `about ${usdText(usd)}, at most ${usdText(mostUsd)}`
  const limit =
    budget === undefined || budget === 'none'
      ? 'no budget'
      : 'usd' in budget
        ? `budget ${usdText(budget.usd)}`
        : `budget ${grouped(budget.tokens)} tokens`
  return `about ${calls} calls, ${grouped(inputTokens)} tokens in and ${grouped(outputTokens)} out; ${price}; ${limit}\n        assumed: ${assumptions.join('; ')}`
}
