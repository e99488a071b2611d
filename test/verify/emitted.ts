// Emitted files for tests, with the fields that a case does not care about filled in.
import type { CheckResult, EmittedFile } from '../../src/types.js'

export function emitted(path: string, content: string, more: Partial<EmittedFile> = {}): EmittedFile {
  return {
    path,
    content,
    mode: '100644',
    deliverable: 'training',
    components: ['core'],
    documentation: path.endsWith('.md'),
    ...more,
  }
}

/** Results as one line each, `check status file:line reason`, for readable expectations. */
export function lines(results: readonly CheckResult[], status: CheckResult['status'] = 'fail'): string[] {
  return results
    .filter((r) => r.status === status)
    .map((r) => `${r.check} ${r.file ?? ''}${r.line === undefined ? '' : `:${r.line}`} ${r.reason}`.trim())
}
