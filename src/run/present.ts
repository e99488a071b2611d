// The platform as it lies on the generated branch after a run that left something stale: new files of what was made, old ones of the rest.
import type { CheckResult, EmittedFile } from '../types.js'
import { filesAt } from '../workspace/generated.js'
import type { Git } from '../workspace/git.js'
import { type Accepted, newFile } from './accepted.js'
import type { PlanItem } from './plan.js'
import type { Platform } from './platform.js'
import type { WorkspaceState } from './workspace.js'

const leftOf = (items: readonly PlanItem[]): ReadonlySet<string> =>
  new Set(items.filter(({ kind }) => kind === 'left').map(({ placed }) => placed.deliverable.id))

/** What checks of the whole platform are to look at; the platform itself where nothing is left behind and nothing was tailored. */
export async function presentPlatform(
  platform: Platform,
  items: readonly PlanItem[],
  state: WorkspaceState,
  git: () => Git,
  accepted: ReadonlyMap<string, Accepted>,
): Promise<Platform> {
  const left = leftOf(items)
  const tailored = tailoredPlatform(platform, accepted)
  if (left.size === 0 || state.generated === undefined) return tailored
  const paths = new Map(
    [...left].flatMap((id) => (state.latest.get(id)?.files ?? []).map((file): [string, string] => [file, id])),
  )
  const old = await filesAt(git(), state.generated, [...paths.keys()])
  const stale = old.map(({ path, mode, content }) => newFile(path, content, paths.get(path) ?? '', mode))
  return withFiles(tailored, left, stale)
}

/** The platform with what was accepted in the place of baselines. */
export function tailoredPlatform(platform: Platform, accepted: ReadonlyMap<string, Accepted>): Platform {
  if (accepted.size === 0) return platform
  return withFiles(
    platform,
    new Set(accepted.keys()),
    [...accepted.values()].flatMap(({ files }) => files),
  )
}

/** In the place of everything that these deliverables own, and of files of the same path. */
function withFiles(platform: Platform, of: ReadonlySet<string>, news: readonly EmittedFile[]): Platform {
  const paths = new Set(news.map(({ path }) => path))
  const kept = platform.composition.files.filter(({ path, deliverable }) => !of.has(deliverable) && !paths.has(path))
  const files = [...kept, ...news].sort((one, other) => (one.path < other.path ? -1 : 1))
  return { ...platform, composition: { ...platform.composition, files } }
}

/** Names that do not fit because the other side is stale are no fault of what was made: they are said, and nothing is passed. */
export function besideStale(results: readonly CheckResult[], items: readonly PlanItem[]): CheckResult[] {
  const left = leftOf(items)
  if (left.size === 0) return [...results]
  return results.map((result) =>
    result.status === 'fail' && (/^(seam|wired)\//.test(result.check) || left.has(result.deliverable ?? ''))
      ? {
          ...result,
          status: 'not run',
          reason: `stale: ${result.reason}; mlops-agents rerun --stale makes both sides anew`,
        }
      : result,
  )
}
