// Which checks a level asks for, as the two functions that the engine is given.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { openMemory } from '../record/memory.js'
import type { Engine } from '../run/engine.js'
import type { Emit } from '../run/events.js'
import type { Platform } from '../run/platform.js'
import { type PresentFiles, presentFiles } from '../run/present-files.js'
import { type EngineParts, workspaceFiles } from '../run/workspace-engine.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { laidOver } from '../verify/change.js'
import { type KeptVerdicts, keptVerdicts } from '../verify/kept.js'
import { kindOf } from '../verify/kinds.js'
import type { overlayJudge } from '../verify/overlay.js'
import type { Workflow } from '../workflow/schema.js'
import { verifierFor } from './build.js'
import { type Config, cacheDir } from './config.js'
import { garbageCollector } from './runtime.js'

export interface VerificationSubject {
  readonly level: 'none' | 'L1' | 'L2' | 'L3'
  /** Also asks the external validators that are found; they cost seconds, so a plain `design` leaves them out. */
  readonly external: boolean
  readonly platform: Platform
  /** Where agents change its files meanwhile. */
  readonly present?: PresentFiles
  readonly workflow: Workflow
  readonly root: string
  readonly config: Config
  readonly emit: Emit
  readonly signal: AbortSignal
}

export interface Verification extends Pick<Engine, 'check' | 'checkPlatform'> {
  /** Keeps the verdicts for the next command; after `checkPlatform` that is done already. */
  readonly keep: () => Promise<void>
}

/** Lets the validators load while a command still does other work, where no verdicts are kept and so every check will be asked. */
export async function expectChecks(root: string): Promise<void> {
  if (existsSync(path.join(root, '.mlops-agents', 'memory', 'verdicts.json'))) return
  const { startValidators } = await import('../verify/validators.js')
  startValidators()
}

/** Checks of files by themselves, then of the platform as a whole; with `none` neither runs anything. */
export async function verification(subject: VerificationSubject): Promise<Verification> {
  if (subject.level === 'none')
    return { check: async () => [], checkPlatform: async (results) => results, keep: async () => {} }
  const { present = presentFiles(workspaceFiles(subject.platform), subject.platform) } = subject
  const kept = openKept(subject)
  // A check may need other files than the one it judges (settings of a linter, the target of a link), so all are checked at once.
  let whole: Promise<readonly CheckResult[]> | undefined
  const checkAll = (): Promise<readonly CheckResult[]> => checked(present.now(), kept, subject.level, meanwhile)
  // Needs little memory while the validators hold theirs, and is remembered until the platform is looked at as a whole.
  const meanwhile = () => checkNames(present, kept)
  return {
    check: async (files) => {
      if (present.changed()) return checkedBeside(files, present.now())
      const now = new Map(present.now().map((file) => [file.path, file.content]))
      const other = new Set(files.flatMap(({ path, content }) => (now.get(path) === content ? [] : [path])))
      if (other.size > 0 && whole === undefined) return checkedBeside(files, present.now())
      whole ??= checkAll()
      const standing = new Set((await standingFiles(files, present.now(), other)).map(({ path }) => path))
      const known = (await whole).filter(({ file }) => file !== undefined && standing.has(file))
      const rest = files.filter(({ path }) => !standing.has(path))
      return rest.length === 0 ? known : [...known, ...(await checkedBeside(rest, present.now(), files))]
    },
    checkPlatform: async (results, there) => {
      // What an agent changed may have made another file right or wrong.
      const own = present.changed() ? await checkAll() : results
      const together = await checkNames(present, kept)
      const outside = await checkOutside(subject, present.now(), kept)
      await keep(kept)
      await there
      return [...own, ...together, ...outside, ...(await evidence(subject))]
    },
    keep: () => keep(kept),
  }
}

/** Files that are not in the platform as they are, or not yet; `change` is all that is laid over it. */
async function checkedBeside(
  files: readonly EmittedFile[],
  platform: readonly EmittedFile[],
  change = files,
): Promise<CheckResult[]> {
  const { runChecks } = await import('../verify/check.js')
  const { IN_PROCESS_CHECKS } = await import('../verify/in-process.js')
  return runChecks(files, IN_PROCESS_CHECKS, laidOver(platform, { files: change, removed: [] }))
}

/** Those of `files` about which the platform's own verdicts hold where the files at `other` are laid over it. */
async function standingFiles(
  files: readonly EmittedFile[],
  platform: readonly EmittedFile[],
  other: ReadonlySet<string>,
): Promise<readonly EmittedFile[]> {
  if (other.size === 0) return files
  // One more or less is seen by those who look at names.
  const known = new Set(platform.map(({ path }) => path))
  if ([...other].some((path) => !known.has(path))) return []
  const { untouched } = await import('../verify/check.js')
  const { IN_PROCESS_CHECKS } = await import('../verify/in-process.js')
  return untouched(files, IN_PROCESS_CHECKS, laidOver(platform, { files, removed: [] }), other)
}

/** All verdicts on a platform as it stands, so that nothing has to be loaded where nothing changed; and those of each check. */
interface Kept {
  readonly whole: KeptVerdicts
  readonly single: KeptVerdicts
}

function openKept({ root, config }: VerificationSubject): Kept {
  const verifier = verifierFor(config)
  const memory = (name: string) => (verifier === undefined ? undefined : openMemory(root, name))
  return {
    whole: keptVerdicts(memory('verdicts.json'), verifier ?? ''),
    single: keptVerdicts(memory('checks.json'), verifier ?? ''),
  }
}

async function keep({ whole, single }: Kept): Promise<void> {
  const sound = async () => !(await import('../verify/official.js')).answersLost()
  await single.save(sound)
  await whole.save(sound)
}

async function checked(
  files: readonly EmittedFile[],
  kept: Kept,
  level: VerificationSubject['level'],
  meanwhile: () => Promise<unknown>,
): Promise<readonly CheckResult[]> {
  const results = await kept.whole.recall({ name: 'files', files }, async () => {
    const { checkFiles, IN_PROCESS_CHECKS } = await import('../verify/in-process.js')
    const { stopValidators } = await import('../verify/validators.js')
    return checkFiles(files, IN_PROCESS_CHECKS, files, {
      recall: kept.single.recall,
      release: stopValidators,
      between: garbageCollector(),
      meanwhile,
    })
  })
  return level === 'L1' ? results : [...results, ...(await ruleTests(files, kept))]
}

/** The generated tests that need nothing but Node; those of the project's own commands are `evidence`. */
async function ruleTests(files: readonly EmittedFile[], { single }: Kept): Promise<CheckResult[]> {
  const { ruleTestsCheck } = await import('../verify/official.js')
  const { runChecks } = await import('../verify/check.js')
  const { stopValidators } = await import('../verify/validators.js')
  const tests = files.filter((file) => ruleTestsCheck.kinds.includes(kindOf(file)))
  const results = await runChecks(tests, [ruleTestsCheck], files, { recall: single.recall })
  await stopValidators()
  return results
}

/** What the files say of each other. */
function checkNames(present: PresentFiles, { whole }: Kept): Promise<CheckResult[]> {
  const files = present.now()
  const { contract } = present.platform()
  return whole.recall({ name: 'names', files, more: JSON.stringify(contract) }, async () => {
    const { checkSeams } = await import('../verify/seams.js')
    const { checkWired } = await import('../verify/wired.js')
    return [...(await checkSeams(files, contract)), ...(await checkWired(files, contract))]
  })
}

/** What programs that are installed say. */
async function checkOutside(
  { level, external, config, signal }: VerificationSubject,
  files: readonly EmittedFile[],
  { whole }: Kept,
): Promise<CheckResult[]> {
  if (!external) return notAsked(files)
  const { checkExternal } = await import('../verify/external.js')
  return checkExternal({
    files,
    ...(level === 'none' ? {} : { level }),
    env: config.env,
    toolchain: config.env.MLOPS_TOOLCHAIN,
    signal,
    recall: whole.recall,
  })
}

/** What a plain `design` leaves open, and says so: no code of make runs in our process. */
function notAsked(files: readonly EmittedFile[]): CheckResult[] {
  return files
    .filter((file) => kindOf(file) === 'makefile')
    .map(({ path: file, deliverable }) => ({
      check: 'external/make',
      level: 'L1',
      status: 'not run',
      tool: 'make',
      version: '',
      deliverable,
      file,
      reason: 'make itself is asked by mlops-agents verify',
    }))
}

/** L2 and L3: the generated project's own commands, in the order of the workflow file. */
async function evidence(subject: VerificationSubject): Promise<CheckResult[]> {
  const { level, workflow, platform, root, config, emit, signal } = subject
  const wanted = workflow.verify.filter((entry) => entry.level <= level)
  if (wanted.length === 0) return []
  const deliverables = [...platform.composition.baselines.keys()]
  const { ensureUv } = await import('../tool/uv.js')
  const uv = await ensureUv({ cacheDir: await cacheDir(config), env: config.env, signal })
  if (uv.kind === 'unavailable') {
    return wanted.flatMap((entry) =>
      deliverables.map((deliverable) => ({
        check: `${entry.level}/uv`,
        level: entry.level,
        status: 'not run' as const,
        tool: 'uv',
        version: '',
        deliverable,
        reason: uv.reason,
      })),
    )
  }
  const { runEvidence } = await import('../verify/project.js')
  const variables = { PATH: `${path.dirname(uv.path)}${path.delimiter}${config.env.PATH ?? ''}` }
  const results: CheckResult[] = []
  for (const entry of wanted) {
    const { level: at, run: commands, evidence: file, timeout_minutes, cpu_minutes } = entry
    const limits = { timeoutMinutes: timeout_minutes, cpuMinutes: cpu_minutes }
    results.push(
      ...(await runEvidence({
        root,
        level: at,
        commands,
        evidence: file,
        ...limits,
        deliverables,
        env: config.env,
        variables,
        signal,
        emit,
      })),
    )
  }
  return results
}

/** Loaded when the first change is judged. */
export const judgeOf: EngineParts['judge'] = (files, { contract }) => {
  let judge: Promise<ReturnType<typeof overlayJudge>> | undefined
  return async (change, then) => {
    judge ??= import('../verify/overlay.js').then((overlay) => overlay.overlayJudge(files, contract))
    return (await judge)(change, then?.contract)
  }
}
