// What agents made of baselines, in a person's words. Paths and reasons are a model's words: nothing in them may drive the terminal.
import type { Tailoring } from '../run/events.js'
import { visible } from './escape.js'

/** Something was dropped, or nothing was accepted although the agent had not said that nothing is to be changed. */
export const fell = ({ outcome, reason, dropped }: Tailoring): boolean =>
  dropped.length > 0 || outcome === 'failed' || (outcome === 'baseline' && !reason.startsWith('nothing to change'))

/** What agents changed, and what of their work was not accepted and why. */
export function tailoringText(tailored: readonly Tailoring[], files: number): string[] {
  if (tailored.length === 0 && files === 0) return []
  if (tailored.length === 0)
    return [
      '  These files come from the built-in blueprints; no model was asked.',
      '  --model anthropic:<id> has agents tailor them (a key is needed; mlops-agents design --help)',
    ]
  const of = (outcome: Tailoring['outcome']) => tailored.filter((one) => one.outcome === outcome)
  const [changed, kept, waiting] = [of('tailored'), of('kept'), of('waiting')]
  const asked = tailored.length - kept.length - waiting.length
  const failed = [...of('baseline'), ...of('failed')].filter(({ reason }) => !reason.startsWith('nothing to change'))
  const lines = [
    ...(asked === 0
      ? []
      : [`  Agents tailored ${changed.length} of ${asked} deliverables; ${others(of('failed').length)}`]),
    ...kept.map(({ deliverable }) => `    ${deliverable}: what an agent made of it is kept on the new baseline`),
    ...waiting.flatMap(({ deliverable, reason }) => [
      `    ${deliverable}: stays as it was: ${reason}`,
      `      mlops-agents rerun ${deliverable} --model <vendor:id> has it tailored anew, --baseline gives the tailoring up`,
    ]),
    ...changed.map(
      ({ deliverable, changed: files, removed, contract }) =>
        `    ${deliverable}: ${counted(files.length, 'file')} changed, ${removed.length} removed${
          contract.length === 0 ? '' : `; contract: ${contract.join(', ')}`
        }`,
    ),
    ...failed.map(({ deliverable, reason }) => `    ${deliverable}: not tailored: ${reason}`),
    ...tailored.flatMap(({ deliverable, dropped }) =>
      dropped.map(({ path, reason }) => `    ${deliverable}: ${path} was not accepted: ${reason}`),
    ),
  ]
  return [...lines.map(visible), '']
}

/** Of what no blueprint makes there is nothing that could stand in its place. */
const others = (failed: number): string =>
  failed === 0
    ? 'the others are as the blueprints have them'
    : `${failed} that no blueprint makes failed, and no file of them that was not accepted was written`

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
