// Long text goes through the user's own pager, in a terminal; everywhere else it is simply written.
import { spawn } from 'node:child_process'
import type { Config } from './config.js'

/** Shows a text; as git does it, `PAGER` may be any command line, and an empty one or `cat` means none. */
export async function page(
  text: string,
  { interactive, env }: Config,
  rows: number = process.stdout.rows ?? 0,
): Promise<void> {
  const pager = env.PAGER ?? 'less'
  const short = text.split('\n').length < rows
  if (!interactive || short || pager === '' || pager === 'cat' || !(await through(pager, text, env)))
    process.stdout.write(text)
}

/** False where the pager could not be started. */
function through(pager: string, text: string, env: Config['env']): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', pager], {
      // Colours through, one screen without waiting, and what was shown stays: the defaults that git gives less.
      env: { LESS: 'FRX', ...env },
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    // A person who closes the pager early has seen enough.
    child.stdin.on('error', () => {})
    child.on('error', () => resolve(false))
    // 127: the shell did not find it.
    child.on('close', (code) => resolve(code !== 127))
    child.stdin.end(text)
  })
}
