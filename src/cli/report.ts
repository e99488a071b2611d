// What a person sees while a run works, and what a program reads with --json. Progress goes to standard error, results to standard output.

import type { RunEvent, Tailoring } from '../run/events.js'
import type { RunResult } from '../run/run.js'
import { costText, spentText } from './cost.js'
import { visible } from './escape.js'
import { waitingText } from './gates.js'
import { style } from './style.js'
import { endText, type ReportSubject, relativeTo, understood } from './summary.js'

export interface Reporter {
  readonly emit: (event: RunEvent) => void
  readonly notice: (text: string) => void
  end(result: RunResult): void
}

export function openReporter(subject: ReportSubject): Reporter {
  return subject.json ? jsonReporter() : textReporter(subject)
}

function jsonReporter(): Reporter {
  return {
    emit: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
    notice: (text) => void process.stderr.write(`${text}\n`),
    end: () => {},
  }
}

const MARK = { done: '✓', failed: '✗', 'not built': '·', 'not at this maturity': '·', 'not applicable': '·' } as const

function textReporter(subject: ReportSubject): Reporter {
  const { config, platform, kept, began } = subject
  const paint = style(config.color)
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  say(understood(platform, paint))
  for (const { path } of kept) say(`  Kept         ${path}: your edit of spec.yaml wins over the text`)
  let line: { agent: string; parts: string[] } | undefined
  const tailored: Tailoring[] = []
  return {
    emit: (event) => {
      switch (event.type) {
        case 'phase-start':
          say(`\n  ${paint.bold(event.title)}`)
          break
        case 'agent-start':
          line = { agent: event.agent, parts: [] }
          break
        case 'deliverable-end': {
          const mark = event.status in MARK ? MARK[event.status as keyof typeof MARK] : '?'
          const text = `${mark} ${event.deliverable}`
          line?.parts.push(
            event.status === 'failed' ? paint.red(text) : event.status === 'done' ? paint.green(text) : paint.dim(text),
          )
          break
        }
        case 'agent-end':
          if (line)
            say(
              `    ${line.agent.padEnd(24)} ${line.parts.join('  ')}  ${paint.dim(`${event.seconds.toFixed(1)} s${event.spent === undefined ? '' : `, ${spentText(event.spent)}`}`)}`,
            )
          line = undefined
          break
        case 'file-start':
          say(paint.dim(visible(`      ${event.deliverable}: ${event.path}`)))
          break
        case 'tailor-round':
          say(paint.dim(`      ${event.deliverable}: round ${event.round}, ${event.failures} checks to mend`))
          break
        case 'tailor-end':
          tailored.push(event)
          break
        case 'cost':
          say(`\n${costText(event)}`)
          break
        case 'verify-start':
          say(`\n  ${event.level}  ${event.command}`)
          break
        case 'verify-output':
          say(paint.dim(visible(`      ${event.line}`)))
          break
        case 'verify-end':
          say(
            `  ${event.level}  ${event.status} after ${event.seconds.toFixed(0)} s${event.reason === '' ? '' : `: ${event.reason}`}`,
          )
          break
        default:
          break
      }
    },
    notice: (text) => say(`  note: ${text}`),
    end: (result) =>
      result.waits !== undefined
        ? say(waitingText(result.waits, result, relativeTo(config.cwd, result.workspace)))
        : say(endText({ ...subject, result, tailored, seconds: (Date.now() - began) / 1000, paint })),
  }
}
