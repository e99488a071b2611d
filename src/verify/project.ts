// Runs the generated project's own commands (lint, tests, demonstration) and reads the evidence that they leave.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../tool/environment.js'
import { runTool, type ToolOutcome, type ToolRun } from '../tool/run.js'
import type { CheckResult, Level } from '../types.js'
import { evidenceResults, parseEvidence } from './evidence.js'

/** What people see meanwhile; the same words as the run's own events. */
export type VerifyEvent =
  | { readonly type: 'verify-start'; readonly level: Level; readonly command: string }
  | { readonly type: 'verify-output'; readonly line: string }
  | {
      readonly type: 'verify-end'
      readonly level: Level
      readonly status: CheckResult['status']
      readonly seconds: number
      readonly reason: string
    }

export interface EvidenceRun {
  /** The workspace. */
  readonly root: string
  readonly level: 'L2' | 'L3'
  /** Run one after the other; words are separated by blanks, no shell in between. */
  readonly commands: readonly string[]
  /** Path of the evidence file, relative to the root. */
  readonly evidence: string
  /** Limits for all commands together. */
  readonly timeoutMinutes: number
  readonly cpuMinutes: number
  /** Ids of the deliverables that have files here; each must be spoken for. */
  readonly deliverables: readonly string[]
  readonly env: Environment
  /** Set on top of the environment, e.g. a PATH that has uv. */
  readonly variables?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly emit?: (event: VerifyEvent) => void
  readonly run?: (request: ToolRun) => Promise<ToolOutcome>
}

interface Ended {
  readonly command: string
  readonly status: CheckResult['status']
  readonly reason: string
}

/** Results for every deliverable: one per command, one per check of the evidence. Never throws for what the project does. */
export async function runEvidence(subject: EvidenceRun): Promise<CheckResult[]> {
  const file = join(subject.root, subject.evidence)
  // Evidence of an earlier run must never speak for this one.
  await rm(file, { force: true })
  const ended = await runCommands(subject)
  const evidence = await readEvidence(file, ended, subject)
  const told = withClaims(ended, evidence)
  return [...told.flatMap((one) => commandResults(one, subject)), ...evidence]
}

/** How many failed claims a command's reason names; the rest is counted. */
const NAMED_CLAIMS = 5

/** The command that wrote the evidence ends with a bare code: what failed, in its own words, is the reason that people need. */
function withClaims(ended: readonly Ended[], evidence: readonly CheckResult[]): Ended[] {
  const failed = evidence
    .filter((result) => result.status === 'fail' && !result.check.endsWith('/evidence'))
    .map(({ check, reason }) => (reason === '' ? check : `${check} (${reason})`))
  const last = ended.length - 1
  if (failed.length === 0 || ended[last]?.status !== 'fail') return [...ended]
  const more = failed.length > NAMED_CLAIMS ? `; and ${failed.length - NAMED_CLAIMS} more` : ''
  const claims = `failed: ${failed.slice(0, NAMED_CLAIMS).join('; ')}${more}`
  return ended.map((one, at) => (at === last ? { ...one, reason: `${claims} / ${one.reason}` } : one))
}

async function runCommands(subject: EvidenceRun): Promise<Ended[]> {
  const { commands, level, emit = () => {}, run = runTool } = subject
  const ended: Ended[] = []
  let wall = subject.timeoutMinutes * 60
  let cpu = subject.cpuMinutes * 60
  for (const command of commands) {
    emit({ type: 'verify-start', level, command })
    const began = performance.now()
    const outcome = await run(request(subject, command, { wall, cpu }))
    const seconds = (performance.now() - began) / 1000
    wall -= seconds
    cpu -= outcome.kind === 'exited' ? (outcome.cpuSeconds ?? 0) : 0
    const one = { command, ...verdict(command, outcome) }
    ended.push(one)
    emit({ type: 'verify-end', level, status: one.status, seconds, reason: one.reason })
    if (outcome.kind === 'interrupted' || outcome.kind === 'timed out') break
  }
  const left = commands.slice(ended.length)
  return [
    ...ended,
    ...left.map(
      (command): Ended => ({
        command,
        status: 'not run',
        reason: `not run: ${ended.at(-1)?.reason ?? 'nothing ran before it'}`,
      }),
    ),
  ]
}

function request(subject: EvidenceRun, command: string, left: { wall: number; cpu: number }): ToolRun {
  const [program = '', ...args] = command.split(' ').filter((word) => word !== '')
  const { root, env, variables, signal, emit } = subject
  return {
    program,
    args,
    cwd: root,
    env,
    // A budget that is used up still needs a positive limit: the command then ends at once as timed out.
    wallSeconds: Math.max(left.wall, 1),
    cpuSeconds: Math.max(left.cpu, 1),
    ...(variables === undefined ? {} : { variables }),
    ...(signal === undefined ? {} : { signal }),
    ...(emit === undefined ? {} : { onOutput: lineByLine((line) => emit({ type: 'verify-output', line })) }),
  }
}

function lineByLine(say: (line: string) => void): (text: string) => void {
  let open = ''
  return (text) => {
    const lines = `${open}${text}`.split('\n')
    open = lines.pop() ?? ''
    for (const line of lines) say(line)
  }
}

function verdict(command: string, outcome: ToolOutcome): Omit<Ended, 'command'> {
  switch (outcome.kind) {
    case 'exited':
      if (outcome.code === 0) return { status: 'pass', reason: '' }
      return { status: 'fail', reason: `${command} ended with code ${outcome.code}: ${lastLines(outcome)}` }
    case 'killed':
      return { status: 'fail', reason: `${command} was ended by ${outcome.by}: ${lastLines(outcome)}` }
    case 'timed out':
      return {
        status: 'not run',
        reason: `timed out: ${command} took more than ${Math.round(outcome.seconds)} s of ${outcome.limit === 'cpu' ? 'processor' : 'wall'} time`,
      }
    case 'interrupted':
      return { status: 'not run', reason: `${command} was interrupted` }
    case 'missing':
      return {
        status: 'not run',
        reason: `${outcome.program} is not installed; install it (Debian, Ubuntu: apt-get install ${outcome.program}) and repeat`,
      }
  }
}

/** The end of what was said is where tools put the reason. */
function lastLines(outcome: { readonly stdout: string; readonly stderr: string }): string {
  const lines = `${outcome.stdout}\n${outcome.stderr}`.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-3).join(' / ').slice(-400) || 'it said nothing'
}

/** A command speaks for the whole project, so for each of its deliverables. */
function commandResults({ command, status, reason }: Ended, { level, deliverables }: EvidenceRun): CheckResult[] {
  const [tool = command] = command.split(' ')
  return deliverables.map((deliverable) => ({
    check: `${level}/${command}`,
    level,
    status,
    tool,
    version: '',
    deliverable,
    reason,
  }))
}

async function readEvidence(file: string, ended: readonly Ended[], subject: EvidenceRun): Promise<CheckResult[]> {
  const { level, deliverables, evidence, commands } = subject
  const all = (status: 'fail' | 'not run', reason: string): CheckResult[] =>
    deliverables.map((deliverable) => ({
      check: `${level}/evidence`,
      level,
      status,
      tool: commands.at(-1) ?? '',
      version: '',
      deliverable,
      reason,
    }))
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    const passed = ended.every((one) => one.status === 'pass')
    return passed
      ? all('fail', `${commands.join(', ')} passed, but wrote no ${evidence}`)
      : all('not run', `no ${evidence} was written`)
  }
  const parsed = parseEvidence(text, level)
  return typeof parsed === 'string'
    ? all('fail', `${evidence} is no evidence: ${parsed}`)
    : evidenceResults(parsed, deliverables)
}
