// Never worse: whether tailored files keep every check, test, alert, policy, limit and bound that the baseline has, and add no harm. Pure, by structure and not by text.
import type { CheckResult, EmittedFile } from '../types.js'
import { messageOf } from './check.js'
import { alertRule } from './guard-alerts.js'
import { clusterRule } from './guard-cluster.js'
import { dangerRule, errorRule, logRule, networkRule, seedRule } from './guard-code.js'
import { gateRule } from './guard-gates.js'
import { leakRule } from './guard-leak.js'
import { limitRule } from './guard-patience.js'
import { pinRule } from './guard-pins.js'
import { podRule } from './guard-pods.js'
import { fileRule, projectRule } from './guard-project.js'
import { receiverRule } from './guard-receivers.js'
import { rightsRule } from './guard-rights.js'
import { rolloutRule } from './guard-rollout.js'
import { thresholdRule } from './guard-settings.js'
import type { GuardAbout, GuardRule, GuardSubject } from './guard-subject.js'
import { infrastructureRule } from './guard-terraform.js'
import { testRule } from './guard-tests.js'
import { commandRule, transportRule } from './guard-words.js'
import { deliveryRule } from './guard-workflows.js'
import { secretsCheck } from './secrets.js'
import { ownTool } from './versions.js'

const RULES: readonly GuardRule[] = [
  gateRule,
  testRule,
  thresholdRule,
  rightsRule,
  errorRule,
  pinRule,
  leakRule,
  networkRule,
  alertRule,
  receiverRule,
  podRule,
  clusterRule,
  infrastructureRule,
  limitRule,
  deliveryRule,
  rolloutRule,
  seedRule,
  logRule,
  transportRule,
  dangerRule,
  commandRule,
  projectRule,
  fileRule,
]

/**
 * A failure for each promise of the baseline that a tailored file breaks; none where all are kept. `tailored` may be all
 * files of a deliverable or those that were written; `removed` are paths of the baseline that the tailoring does without.
 */
export async function guard(
  baseline: readonly EmittedFile[],
  tailored: readonly EmittedFile[],
  removed: readonly string[],
  about: GuardAbout,
): Promise<CheckResult[]> {
  const subject = subjectOf(baseline, tailored, removed, about)
  if (subject.after.length === 0 && subject.removed.length === 0) return []
  const results: CheckResult[] = []
  for (const rule of RULES) results.push(...(await found(rule, subject)))
  results.push(...(await newSecrets(subject)))
  return [...new Map(results.map((one) => [`${one.check} ${one.file} ${one.reason}`, one])).values()]
}

/** What a rule finds. A file that it cannot get through is refused for that, and for nothing that it might hide. */
async function found({ name, find }: GuardRule, subject: GuardSubject): Promise<CheckResult[]> {
  try {
    return (await find(subject)).map(({ file, line, reason }) => failure(name, file, reason, line))
  } catch (error) {
    const why = `cannot be compared with the baseline (${messageOf(error)}); write it in a plainer form`
    const { changes } = subject
    if (changes.length < 2) return changes.map(({ after }) => failure(name, after, why))
    const alone = changes.map((change) =>
      found({ name, find }, { ...subject, changes: [change], after: [change.after] }),
    )
    const blamed = (await Promise.all(alone)).flat().filter(({ reason }) => reason === why)
    return blamed.length > 0 ? blamed : changes.map(({ after }) => failure(name, after, why))
  }
}

function subjectOf(
  baseline: readonly EmittedFile[],
  tailored: readonly EmittedFile[],
  removed: readonly string[],
  about: GuardAbout,
): GuardSubject {
  const old = new Map(baseline.map((file) => [file.path, file]))
  const changes = tailored
    .map((after) => ({ before: old.get(after.path), after }))
    .filter(({ before, after }) => before?.content !== after.content)
  const gone = baseline.filter(({ path }) => removed.includes(path) && !tailored.some((file) => file.path === path))
  return {
    changes,
    before: [...changes.flatMap(({ before }) => before ?? []), ...gone],
    after: changes.map(({ after }) => after),
    removed: gone,
    project: about.project ?? baseline,
    about,
  }
}

const failure = (check: string, file: EmittedFile, reason: string, line?: number): CheckResult => ({
  check,
  level: 'L1',
  status: 'fail',
  ...ownTool(),
  reason,
  deliverable: file.deliverable,
  file: file.path,
  ...(line === undefined || line < 1 ? {} : { line }),
})

async function newSecrets({ before, after }: GuardSubject): Promise<CheckResult[]> {
  const seen = async (files: readonly EmittedFile[]) =>
    (files.length === 0 ? [] : await secretsCheck.run(files, files)).filter(({ status }) => status === 'fail')
  const now = await seen(after)
  // Only what looks like one now has to be compared with what looked like one before.
  const known = now.length === 0 ? [] : (await seen(before)).map(({ file, reason }) => `${file} ${reason}`)
  return now
    .filter(({ file, reason }) => !known.includes(`${file} ${reason}`))
    .map((one) => ({
      ...one,
      check: 'guard/secret',
      level: 'L1' as const,
      reason: `${one.reason}; name a variable that the environment fills`,
    }))
}
