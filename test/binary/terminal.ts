// Runs the product in a pseudo terminal, where it asks questions, and presses keys at each.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Ended, home, PRODUCT } from './product.js'

/** What stands in every question about an option. */
export const QUESTION = '(nothing in your text says)'

export interface Typing {
  readonly cwd: string
  /** Pressed whenever the screen shows `question` anew; with several lines in both, each answers its own. */
  readonly keys?: string
  readonly question?: string
  readonly env?: Record<string, string>
  /** Another copy of the product. */
  readonly root?: string
}

/** Standard output holds what the screen showed. */
export function type(args: readonly string[], typing: Typing): Promise<Ended> {
  const { cwd, keys = 'enter', question = QUESTION, env = {}, root = PRODUCT } = typing
  const command = [process.execPath, join(root, 'dist', 'cli.js'), ...args]
  const child = spawn('python3', [join(import.meta.dirname, 'terminal.py'), question, keys, ...command], {
    cwd,
    env: { ...home(), TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const out: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: '' }))
  })
}
