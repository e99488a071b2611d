// A seam is a name that two files must agree on. This is what each seam check is given and what it may find.
import type { Contract } from '../spec/contract.js'
import type { CheckResult, EmittedFile } from '../types.js'
import type { PythonProject } from './python-project.js'

export interface SeamSubject {
  readonly files: readonly EmittedFile[]
  readonly contract: Contract
  readonly python: PythonProject
}

export interface Finding {
  readonly file: string
  readonly deliverable: string
  readonly reason: string
  readonly line?: number
}

export interface Seam {
  /** Stable name, e.g. `seam/prometheus-metric`. */
  readonly name: string
  find(subject: SeamSubject): Promise<Finding[]> | Finding[]
}

export const inFile = (file: EmittedFile, reason: string, line?: number): Finding => ({
  file: file.path,
  deliverable: file.deliverable,
  reason,
  ...(line === undefined ? {} : { line }),
})

/** A finding about an entry of contract.yaml; whoever owns the entry has to act. */
export const inContract = (owner: string, reason: string): Finding => ({
  file: 'contract.yaml',
  deliverable: owner,
  reason,
})

/** Line on which a text first occurs in a file, counted from 1. */
export function lineOf(file: EmittedFile, text: string): number | undefined {
  const at = file.content.indexOf(text)
  return at < 0 ? undefined : file.content.slice(0, at).split('\n').length
}

export function seamResults(
  seam: Seam,
  findings: readonly Finding[],
  tool: Pick<CheckResult, 'tool' | 'version'>,
): CheckResult[] {
  const base = { check: seam.name, level: 'L1', ...tool } as const
  if (findings.length === 0) return [{ ...base, status: 'pass', reason: '' }]
  return findings.map((finding) => ({ ...base, status: 'fail', ...finding }))
}
