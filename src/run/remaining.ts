// From which spec an interrupted run goes on: the one that it was to record, with what a person has edited in spec.yaml since.
import { getRecorded } from '../record/blobs.js'
import { loadSpec } from '../spec/load.js'
import { mergeSpec } from '../spec/merge.js'
import type { Spec } from '../spec/schema.js'
import { type Environment, openGit } from '../workspace/git.js'
import type { Intent } from './events.js'
import { SPEC_ATTEMPT, type WorkspaceState } from './workspace.js'

export interface Remaining {
  /** Undefined where neither record nor branch has it. */
  readonly spec: Spec | undefined
  /** Paths of spec.yaml where a person's edit won over what the run was to record. */
  readonly kept: readonly { readonly path: string }[]
  /** What a person should know of it. */
  readonly notices: readonly string[]
}

export async function remaining(
  found: WorkspaceState,
  intent: Intent | undefined,
  env: Environment,
): Promise<Remaining> {
  const notices: string[] = []
  const read = (sha256: string | undefined): Promise<string | undefined> =>
    sha256 === undefined
      ? Promise.resolve(undefined)
      : getRecorded(found.root, sha256).catch((error: Error) => {
          notices.push(`${error.message}; what the generated branch has is taken instead`)
          return undefined
        })
  const [asked, before] = [await read(intent?.spec), await read(intent?.found)]
  // Without the record the branch knows what the run was about, as soon as that was recorded there.
  const spec = asked === undefined ? found.generatedSpec : loadSpec(asked, 'the recorded spec.yaml')
  const { specText } = found
  const present = asked === undefined || specText === undefined ? found.spec : loadSpec(specText, 'spec.yaml')
  if (spec === undefined || present === undefined || specText === asked || specText === before)
    return { spec, kept: [], notices }
  const base =
    (await landed(found, spec, env)) || before === undefined ? spec : loadSpec(before, 'the spec.yaml before')
  const merged = mergeSpec(present, base, spec)
  return { spec: merged.spec, kept: merged.kept, notices }
}

/** The user's branch has the spec that the run recorded, so its edits are edits of that one. */
async function landed(found: WorkspaceState, spec: Spec, env: Environment): Promise<boolean> {
  const attempt = found.latest.get(SPEC_ATTEMPT)
  if (attempt === undefined || JSON.stringify(found.generatedSpec) !== JSON.stringify(spec)) return false
  const missing = await openGit(found.root, env).ask('rev-list', '--count', attempt.commit, '^HEAD', '--')
  return Number(missing) === 0
}
