// What a person has not committed is out of the way for as long as something is written, however that ends.
import type { Git } from '../workspace/git.js'
import { setAside } from '../workspace/stash.js'

/** `uncommitted` is absent where the person did not ask for it, or has nothing uncommitted. */
export async function withAside<T>(
  git: Git,
  uncommitted: readonly string[] | undefined,
  notice: (text: string) => void,
  write: () => Promise<T>,
): Promise<T> {
  const aside = uncommitted === undefined ? undefined : await setAside(git)
  try {
    return await write()
  } finally {
    const kept = await aside?.restore()
    if (kept !== undefined) notice(kept)
  }
}
