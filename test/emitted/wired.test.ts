// The real platforms under the product's own checks, and the proof that these checks see every file.
import { describe, expect, it } from 'vitest'
import { checkFiles } from '../../src/verify/in-process.js'
import { checkSeams } from '../../src/verify/seams.js'
import { checkWired, deletionSurvivors } from '../../src/verify/wired.js'
import { lines } from '../verify/emitted.js'
import { EXAMPLES, filesOf, platformOf } from './platforms.js'

/** Files whose loss a test of the generated project notices, and what that test says of them. Each was tried by deleting one. */
const NOTICED_BY: readonly (readonly [RegExp, string, string])[] = [
  [/^conf\/\w[\w-]*\.schema\.json$/, 'tests/unit/test_settings_schema.py', 'settings_schema.stale(settings) == []'],
  [/^src\/.*_pb2\.pyi$/, 'tests/unit/test_proto.py', 'prediction_pb2.pyi'],
  [/^\.dvc\/config$/, 'tests/unit/test_data_versioning.py', '".dvc" / "config"'],
  [/^dags\/\w+\.py$/, 'environments/orchestrator/tests/test_pipelines.py', '"dags").glob("*.py")} == expected'],
]

/** Files whose loss nothing of ours can notice, each with the reason. */
const UNNOTICED: Readonly<Record<string, string>> = {
  '.dvc/.gitignore': 'keeps the cache of DVC out of version control; only git status shows that it is gone',
  '.dvcignore': 'spares DVC folders that no stage names; without it, it is only slower',
  '.editorconfig': 'for editors',
  'dags/.airflowignore': 'spares Airflow folders without pipelines; without it, it is only slower',
  'spec.yaml': 'the input of this product, not of the project: design, status and verify read it',
  'src/ml_platform/py.typed': 'for type checkers of projects that import this one',
}

describe.each(EXAMPLES)('%s', (example) => {
  it('passes every in-process check', { timeout: 120_000 }, async () => {
    const platform = await platformOf({ example, maturity: 5 })
    const files = filesOf(platform)
    const results = [
      ...(await checkFiles(files)),
      ...(await checkSeams(files, platform.contract)),
      ...(await checkWired(files, platform.contract)),
    ]
    expect(lines(results)).toEqual([])
    expect(lines(results, 'not run')).toEqual([])
    expect(new Set(results.flatMap(({ file }) => file ?? [])).size).toBe(files.length)
  })
})

it('no file of churn-telecom can be deleted unnoticed', { timeout: 300_000 }, async () => {
  const platform = await platformOf({
    example: 'churn-telecom',
    maturity: 5,
    options: { deployment_mode: 'hybrid' },
  })
  const files = filesOf(platform)
  const survivors = await deletionSurvivors(files, platform.contract)
  const unnoticed = survivors
    .filter(({ test, path }) => !test && !NOTICED_BY.some(([pattern]) => pattern.test(path)))
    .map(({ path }) => path)
  expect(unnoticed.sort()).toEqual(Object.keys(UNNOTICED).sort())
  for (const [pattern, test, says] of NOTICED_BY) {
    expect(
      survivors.filter(({ path }) => pattern.test(path)),
      `${pattern} is noticed without it`,
    ).not.toEqual([])
    expect(files.find(({ path }) => path === test)?.content).toContain(says)
  }
})
