// Which checks each level asks for, seen by what they say about rules and the tests that were generated for them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readConfig } from '../../src/cli/config.js'
import { verification } from '../../src/cli/verification.js'
import type { CheckResult, EmittedFile } from '../../src/types.js'
import { levelOf } from '../../src/verify/levels.js'
import { definitions, platformOf } from '../emitted/platforms.js'
import { emitted, lines } from '../verify/emitted.js'
import { fixtures } from '../verify/folder.js'

const root = mkdtempSync(join(tmpdir(), 'verification-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const { files, mutated } = fixtures('cluster')
const RULES = 'deploy/charts/monitoring/rules/serving.yaml'
const TESTS = 'deploy/charts/monitoring/tests/serving.test.yaml'
const about = (all: readonly EmittedFile[]) => all.filter(({ path }) => path === RULES || path === TESTS)

const platform = await platformOf({ example: 'churn-telecom', maturity: 1, options: {} })

async function checked(level: 'L1' | 'L2', some: readonly EmittedFile[]): Promise<readonly CheckResult[]> {
  const { check } = await opened(level, some)
  return check(some)
}

function opened(level: 'L1' | 'L2', all: readonly EmittedFile[]) {
  return verification({
    level,
    external: false,
    platform: { ...platform, composition: { ...platform.composition, files: all } },
    workflow: { ...definitions.loaded.workflow, verify: [] },
    root,
    config: { ...readConfig(import.meta.url), root: process.cwd() },
    emit: () => {},
    signal: new AbortController().signal,
  })
}

const right = about(files())
// A bound that the test does not know: every file is well formed, and only a run of the test can tell.
const wrong = about(mutated(RULES, '> 0.01', '> 0.5'))

it('accepts rules and reads their tests at L1, and runs none of them', async () => {
  const results = await checked('L1', wrong)
  expect(lines(results)).toEqual([])
  expect(new Set(results.map(({ check }) => check))).toEqual(
    new Set([
      ...['text/plain', 'secrets/secretlint', 'yaml/parse'],
      ...['prometheus/rules', 'prometheus/test-shape', 'prometheus/test-series'],
    ]),
  )
  expect(levelOf('training', results, wrong).level).toBe('L1')
})

it('runs the generated tests of rules at L2, and lets nothing above L1 that fails them', async () => {
  const tests = (results: readonly CheckResult[]) => results.filter(({ check }) => check === 'prometheus/tests')
  const passed = await checked('L2', right)
  expect(tests(passed)).toEqual([
    expect.objectContaining({ status: 'pass', level: 'L2', tool: 'prometheus', file: TESTS }),
  ])
  expect(levelOf('training', passed, right).level).toBe('L2')
  const failed = await checked('L2', wrong)
  expect(lines(failed)).toEqual([expect.stringContaining(`prometheus/tests ${TESTS}:`)])
  expect(levelOf('training', failed, wrong)).toMatchObject({ level: 'L1', failed: tests(failed) })
})

it('judges a file that is not yet as in the platform, and those whose checks look at it, and knows the rest', async () => {
  const script = emitted('scripts/run.sh', '#!/usr/bin/env bash\nset -euo pipefail\n')
  const settings = emitted('pyproject.toml', '[tool.ruff]\nline-length = 120\n')
  const python = (content: string) => emitted('src/a.py', content)
  const all = [settings, script, python('NAME = "a"\n')]
  const { check } = await opened('L1', all)
  const told = await check(all)
  expect(lines(told)).toEqual([])
  const before = [script, python('import os\n')]
  const results = await check(before)
  expect(lines(results)).toEqual([expect.stringContaining('python/ruff src/a.py:1 F401')])
  const about = (some: readonly CheckResult[], path: string) => some.filter(({ file }) => file === path)
  expect(about(results, script.path)).toEqual(about(told, script.path))
  expect(about(results, python('').path).map((one) => one.check)).toEqual(
    about(told, python('').path).map((one) => one.check),
  )
})
