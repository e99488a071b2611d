// The engine on a real workspace: what run() asks for, done by git, the record and the checks.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LockedError } from '../errors.js'
import { openRecord, type RunRecord } from '../record/record.js'
import type { EmittedFile } from '../types.js'
import { commitAttempts, generatedBranch, type NewAttempt } from '../workspace/generated.js'
import { createRepository, type Environment, openGit } from '../workspace/git.js'
import { ignoredPaths } from '../workspace/ignored.js'
import { lockWorkspace } from '../workspace/lock.js'
import { mergeText } from '../workspace/merge-text.js'
import { setAside } from '../workspace/stash.js'
import { type Accepted, earlierOf } from './accepted.js'
import { bring, bringOrAsk } from './bring.js'
import { costEvent } from './cost.js'
import type { Agents, Engine, NewCommit, View } from './engine.js'
import type { Emit, Intent, RunEvent } from './events.js'
import { type Gates, waitsFor } from './gate.js'
import { receivedAnswers } from './history.js'
import { type Ledger, openLedger } from './ledger.js'
import { filesOf, outputHash, type ToMake } from './plan.js'
import type { Platform } from './platform.js'
import type { PresentFiles } from './present-files.js'
import type { Selection } from './select.js'
import { SPEC_ATTEMPT, type WorkspaceState } from './workspace.js'

export interface EngineParts {
  readonly platform: Platform
  readonly state: WorkspaceState
  readonly env: Environment
  readonly emit: Emit
  /** Says what a person should know and no event carries. */
  readonly notice: (text: string) => void
  readonly level: Intent['level']
  /** What of the plan was asked for; all of it where absent. */
  readonly selection?: Selection | undefined
  /** The run that this one goes on with; its id is this one's too. */
  readonly resumes?: { readonly number: number; readonly run: string } | undefined
  /** The log that was begun before there was a plan; a new one where absent. */
  readonly record?: RunRecord
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly signal: AbortSignal
  readonly check: Engine['check']
  readonly checkPlatform: Engine['checkPlatform']
  /** The platform's files, as the run changes them. */
  readonly present: PresentFiles
  /** A judge of changes to these files. */
  readonly judge: (files: readonly EmittedFile[], platform: Platform) => View['judge']
  /** Where absent: no model is asked. */
  readonly agents?: (ledger: Ledger) => Agents
  /** Where absent: none. */
  readonly gates?: Gates
  /** Gates that the workflow does not name, for the runs that go on with this one. */
  readonly pause?: readonly string[]
  /** Which models are asked, for the runs that go on with this one. */
  readonly models?: Intent['models']
}

export interface OpenEngine extends Engine {
  /** Gives the workspace back; to be called however the run ends. */
  close(): Promise<void>
}

const NO_GATES: Gates = { phases: new Set(), unfinished: false }

/** Locks the workspace and opens a new run in the record. */
export async function openEngine(parts: EngineParts): Promise<OpenEngine> {
  const { state, env, clock, signal, check, checkPlatform, gates = NO_GATES } = parts
  const lock = await lockWorkspace(state.root, clock)
  try {
    const git = openGit(state.root, env)
    const known = state.repository || existsSync(join(state.root, '.git'))
    const generated = known ? await generatedBranch(git).catch(() => undefined) : undefined
    if (generated?.commit !== state.generated) {
      throw new LockedError(
        `another run has changed ${state.root} since this one looked at it, so its plan no longer holds; run design again`,
      )
    }
    const record = parts.record ?? openRecord(state.root, { clock })
    // Last of what may fail, as from here on it is close() that brings it back.
    const aside = state.uncommitted === undefined ? undefined : await setAside(git)
    if (aside !== undefined) parts.notice('your uncommitted changes are set aside (git stash list) until the run ends')
    const run = parts.resumes?.run ?? newRunId(clock)
    // After a conflict everything is still made, so that a person resolves once and for all of it.
    let [waiting, settled]: [boolean, readonly string[]] = [false, []]
    const handedOver: NewAttempt[] = []
    /** Those that could not be recorded can be tried again. */
    const land = async (): Promise<void> => {
      for (const { deliverable, commit } of await commitAttempts(git, handedOver))
        if (deliverable !== SPEC_ATTEMPT) emit({ type: 'commit', deliverable, commit })
      handedOver.length = 0
    }
    const mergeNow = async (): Promise<void> => {
      await land()
      if (waiting) return
      waiting = (await bring(git, parts.notice, settled)).kind === 'conflict'
      // What the person writes into spec.yaml from now on has not been merged by its meaning.
      if (!waiting) settled = []
    }
    const finishMerge = async (): Promise<void> => {
      await land()
      await bringOrAsk(git, parts.notice, { settled, again: 'run mlops-agents resume' })
      settled = []
    }
    let specBefore: { readonly key: string; readonly attempt: number } | undefined = state.previous.get(SPEC_ATTEMPT)
    const agents = parts.agents?.(await ledgerOf(parts, record))
    const merge = async (): Promise<void> => {
      if (agents !== undefined) await mergeNow()
    }
    const shown = agents === undefined || !known ? [] : parts.present.now().map(({ path }) => path)
    const hidden = await ignoredPaths(git, shown)
    const emit: Emit = (event) => {
      // A failed write is kept by the record and thrown when it is closed; no event may delay the run.
      record.append(event).catch(() => undefined)
      parts.emit(event)
    }
    return {
      begin: async (start) => {
        const event = { ...start, intent: await intentOf(parts, run, record) }
        await record.append(event)
        if (!state.repository) await createRepository(state.root, env)
        parts.emit(event)
      },
      clock,
      signal,
      check,
      checkPlatform,
      record,
      emit: (event) => {
        if (event.type === 'run-end' && agents !== undefined) emit(costEvent(agents.spent()))
        emit(event)
      },
      recordSpec: async () => {
        const next = specAttempt(parts.present.platform(), (specBefore?.attempt ?? 0) + 1)
        if (specBefore?.key === next.key) return
        handedOver.push({ ...next, run })
        specBefore = next
        settled = ['spec.yaml']
        await merge()
      },
      commit: (attempts) => {
        handedOver.push(...attempts.map((attempt) => ({ ...newAttempt(attempt), run })))
      },
      merge,
      keep: async () => {
        if (handedOver.length > 0) await mergeNow()
      },
      finishMerge,
      ...(agents === undefined ? {} : { agents }),
      view: () => ({
        files: parts.present.now(),
        hidden,
        judge: parts.judge(parts.present.now(), parts.present.platform()),
      }),
      accept: parts.present.accept,
      earlier: (deliverable) => earlierOf(git, state.latest.get(deliverable)),
      mergeText: (texts) => mergeText(git, texts),
      gates,
      waitsFor: async (phase) => {
        await finishMerge()
        return waitsFor(phase, git, gates)
      },
      close: async () => {
        try {
          await record.close()
        } finally {
          const kept = await aside?.restore().finally(() => lock.release())
          await lock.release()
          if (kept !== undefined) parts.notice(kept)
        }
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Answers that a run before this one was still given are taken from the record. */
async function ledgerOf({ state, emit }: EngineParts, record: RunRecord): Promise<Ledger> {
  return openLedger({
    append: async (event) => {
      await record.append(event)
      emit('answer' in event ? withoutAnswer(event) : event)
    },
    received: await receivedAnswers(state.root),
  })
}

const withoutAnswer = ({ answer: _, ...event }: Extract<RunEvent, { type: 'turn-end' }>): RunEvent => event

async function intentOf(
  { platform, state, level, selection, resumes, pause = [], models }: EngineParts,
  run: string,
  record: RunRecord,
): Promise<Intent> {
  return {
    run,
    spec: await record.putBlob(platform.texts.spec),
    ...(state.specText === undefined ? {} : { found: await record.putBlob(state.specText) }),
    level,
    ...(selection === undefined || selection.wanted === 'stale' ? {} : { only: [...selection.wanted].sort() }),
    ...(selection?.note === undefined ? {} : { note: selection.note }),
    ...(selection?.plain === undefined ? {} : { plain: selection.plain }),
    ...(resumes === undefined ? {} : { resumes: resumes.number }),
    ...(pause.length === 0 ? {} : { pause }),
    ...(models === undefined ? {} : { models }),
    ...(state.uncommitted === undefined ? {} : { autostash: true }),
  }
}

/** Tells the attempts of one run from those of another, in any clone; the time is for people. */
export function newRunId(clock: () => number): string {
  return `${new Date(clock()).toISOString()}-${randomBytes(2).toString('hex')}`
}

export function newAttempt({ item, files, level, accepted }: NewCommit): NewAttempt {
  const { id, title } = item.placed.deliverable
  const removed = files.length === 0
  return {
    deliverable: id,
    key: item.key,
    attempt: item.attempt,
    inputs: item.inputs,
    level,
    files,
    subject: removed ? `${id}: removed` : `${id}: ${title}`,
    decision: removed ? 'removed' : 'accepted',
    ...(item.kind === 'make' && item.note !== undefined ? { note: item.note } : {}),
    ...(item.kind === 'make' && accepted !== undefined ? tailoredParts(item, accepted) : {}),
  }
}

function tailoredParts({ baseline }: ToMake, { files, summary, decisions, amendments }: Accepted) {
  return {
    baseline: filesOf(baseline),
    tailored: { output: outputHash(files), summary, decisions, ...(amendments.length === 0 ? {} : { amendments }) },
  }
}

/** Everything that a workspace of this platform holds. */
export const workspaceFiles = (platform: Platform): EmittedFile[] => [
  ...platform.composition.files,
  ...specFiles(platform),
]

/** spec.yaml and contract.yaml, as files of the pseudo-deliverable that stands before phase 1. */
export function specFiles({ texts }: Platform): EmittedFile[] {
  const file = (path: string, content: string): EmittedFile => ({
    path,
    content,
    mode: '100644',
    deliverable: SPEC_ATTEMPT,
    components: [],
    documentation: false,
  })
  return [file('contract.yaml', texts.contract), file('spec.yaml', texts.spec)]
}

/** Changes with every byte of the two files, and with nothing else. */
export function specKey(files: readonly EmittedFile[]): string {
  return createHash('sha256')
    .update(JSON.stringify(files.map(({ path, content }) => [path, content])))
    .digest('hex')
    .slice(0, 40)
}

export function specAttempt(platform: Platform, attempt: number): NewAttempt {
  const files = specFiles(platform)
  return {
    deliverable: SPEC_ATTEMPT,
    key: specKey(files),
    attempt,
    files,
    level: 'L1',
    subject: 'spec: what was asked and what was agreed',
    decision: 'accepted',
  }
}

/** Where nothing has to be made and the last run ended well, there is nothing to check again either. */
export function nothingToDo(
  items: readonly { readonly kind: string }[],
  platform: Platform,
  state: WorkspaceState,
): boolean {
  const idle = items.every(({ kind }) => kind !== 'make' && kind !== 'remove')
  return (
    idle &&
    !state.unfinished &&
    state.unmerged === 0 &&
    state.previous.get(SPEC_ATTEMPT)?.key === specKey(specFiles(platform))
  )
}
