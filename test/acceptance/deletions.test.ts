// The proof that the product's own checks see every file: each is deleted once, and somebody objects.
import { expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { isTest } from '../../src/verify/paths.js'
import { deletionSurvivors } from '../../src/verify/wired.js'
import { filesOf, platformOf } from '../emitted/platforms.js'

/** Files whose loss a test of the generated project notices, and what that test says of them. Each was tried by deleting one. */
const NOTICED_BY: readonly (readonly [RegExp, string, string])[] = [
  [/^src\/.*_pb2\.pyi$/, 'tests/unit/test_proto.py', 'prediction_pb2.pyi'],
  [/^\.dvc\/config$/, 'tests/unit/test_data_versioning.py', '".dvc" / "config"'],
]

/** Files whose loss nothing of ours can notice, each with the reason. */
const UNNOTICED: Readonly<Record<string, string>> = {
  '.dvc/.gitignore': 'keeps the cache of DVC out of version control; only git status shows that it is gone',
  '.dvcignore': 'spares DVC folders that no stage names; without it, it is only slower',
  '.editorconfig': 'for editors',
  'dags/.airflowignore': 'spares Airflow folders without pipelines; without it, it is only slower',
  'src/ml_platform/py.typed': 'for type checkers of projects that import this one',
}

/** Terraform, scripts, images, workflows, and the settings of tools at the root. */
const AROUND = /^(infrastructure|scripts|docker|\.github)\/|^[^/]+$/
const isDeployed = (path: string) => path.startsWith('deploy/')

it('no file of the pipeline of churn-telecom can be deleted unnoticed', { timeout: 300_000 }, async () => {
  const platform = await platformOf({
    example: 'churn-telecom',
    maturity: 5,
    options: { deployment_mode: 'hybrid' },
  })
  const files = filesOf(platform)
  const excused = (path: string) => NOTICED_BY.some(([pattern]) => pattern.test(path))
  // Whether a test is gone, only the coverage of a run of all tests can tell; to ask everybody else about each would be the dearest part.
  const tried = files
    .map(({ path }) => path)
    .filter((path) => path in UNNOTICED || !(AROUND.test(path) || isDeployed(path) || isTest(path)))
  expect(tried.length).toBeGreaterThan(200)
  const survivors = await deletionSurvivors(files, platform.contract, new Set(tried))
  const unnoticed = survivors.filter(({ path }) => !excused(path)).map(({ path }) => path)
  expect(unnoticed.sort()).toEqual(Object.keys(UNNOTICED).sort())
  for (const [pattern, test, says] of NOTICED_BY) {
    expect(
      survivors.filter(({ path }) => pattern.test(path)),
      `${pattern} is noticed without it`,
    ).not.toEqual([])
    expect(files.find(({ path }) => path === test)?.content).toContain(says)
  }
})

it('no file around the pipeline of churn-telecom can be deleted unnoticed', { timeout: 300_000 }, async () => {
  const platform = await platformOf({ example: 'churn-telecom', maturity: 5, options: { deployment_mode: 'hybrid' } })
  const files = filesOf(platform)
  const tried = files.filter(({ path }) => AROUND.test(path) && !(path in UNNOTICED)).map(({ path }) => path)
  expect(tried.length).toBeGreaterThan(100)
  const survivors = await deletionSurvivors(files, platform.contract, new Set(tried))
  expect(survivors.map(({ path }) => path)).toEqual([])
})

/** Everything that goes to a cluster. With one environment charts are rendered once a file instead of three times. */
const RENDERED = /^deploy\/(argocd|charts)\//
const OTHER_ENVIRONMENTS = /^deploy\/environments\/(dev|staging)\//
/** All files of the charts together cost half a minute of processor time; one in three is tried, and everything else. */
const ONE_CHART_FILE_IN = 3

it('no file below deploy of churn-telecom can be deleted unnoticed', { timeout: 300_000 }, async () => {
  const platform = await platformOf({ example: 'churn-telecom', maturity: 5, options: { deployment_mode: 'hybrid' } })
  const files = filesOf(platform)
  const deployed = files.filter(({ path }) => isDeployed(path))
  const pathsOf = (some: readonly EmittedFile[]) => new Set(some.map(({ path }) => path))
  const rendered = pathsOf(
    deployed.filter(({ path }) => RENDERED.test(path)).filter((_, at) => at % ONE_CHART_FILE_IN === 0),
  )
  const others = pathsOf(deployed.filter(({ path }) => !RENDERED.test(path)))
  expect([rendered.size, others.size].every((size) => size > 40)).toBe(true)
  const survivors = [
    ...(await deletionSurvivors(files, platform.contract, others)),
    ...(await deletionSurvivors(
      files.filter(({ path }) => !OTHER_ENVIRONMENTS.test(path)),
      platform.contract,
      rendered,
    )),
  ]
  expect(survivors.map(({ path }) => path)).toEqual([])
})
