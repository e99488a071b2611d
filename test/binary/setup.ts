// Builds the command line and one workspace that every file of this suite copies, because a design costs seconds and a copy does not.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

const PRODUCT = resolve(import.meta.dirname, '..', '..')

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a workspace designed from examples/churn-telecom.txt; to be copied, never written to. */
    designed: string
  }
}

export default function setup({ provide }: TestProject): () => void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: PRODUCT })
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlops-designed-')))
  const designed = join(folder, 'churn')
  const text = join(PRODUCT, 'examples', 'churn-telecom.txt')
  const flags = ['design', '--requirements-file', text, '--workspace', designed, '--verify', 'none', '--yes']
  execFileSync(process.execPath, [join(PRODUCT, 'dist', 'cli.js'), ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  provide('designed', designed)
  return () => rmSync(folder, { recursive: true, force: true })
}
