// A list of mutations: the platform as it is holds together; break one name anywhere and the seam that it belongs to says where.
import { describe, expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { CLUSTER_SEAMS, checkSeams, DELIVERY_SEAMS, SEAMS } from '../../src/verify/seams.js'
import { emitted, lines } from './emitted.js'
import { contractOf, mutated, platform, withFile, without } from './platform.js'

const failures = async (files: readonly EmittedFile[]) => lines(await checkSeams(files, contractOf(files)))
const CONTRACT = 'contract.yaml'
const TELEMETRY = 'src/shop/telemetry.py'
const PYPROJECT = 'pyproject.toml'

const mutations: readonly [string, () => EmittedFile[], string][] = [
  [
    'metric renamed in Python',
    () => mutated(TELEMETRY, 'shop_rows_total', 'shop_row_total'),
    `seam/prometheus-metric ${TELEMETRY}:5 the metric shop_row_total is not`,
  ],
  [
    'metric renamed in the contract',
    () => mutated(CONTRACT, 'shop_rows_total', 'shop_lines_total'),
    `seam/prometheus-metric ${CONTRACT} no Python file exposes the metric prometheus.shop_lines_total`,
  ],
  [
    'other type of metric',
    () => mutated(TELEMETRY, 'Counter(', 'prometheus_client.Gauge('),
    `seam/prometheus-metric ${TELEMETRY}:5 the metric shop_rows_total is a gauge`,
  ],
  [
    'other label',
    () => mutated(TELEMETRY, '["outcome"]', '["result"]'),
    `seam/prometheus-metric ${TELEMETRY}:5 the metric shop_rows_total has the labels result`,
  ],
  ['no label', () => mutated(TELEMETRY, ', ["outcome"]', ''), 'has the labels none'],
  [
    'computed metric name',
    () => mutated(TELEMETRY, '"shop_rows_total"', 'name()'),
    `seam/prometheus-metric ${TELEMETRY}:5 the name and the labels of a metric must be literals`,
  ],
  [
    'contract key misread',
    () => mutated('src/shop/latency.py', 'slos["latency"]', 'slos["latencies"]'),
    'seam/contract-entry src/shop/latency.py:5 the contract has no entry slos.latencies',
  ],
  [
    'contract section misread',
    () => mutated('src/shop/latency.py', 'slos[', 'slo['),
    'seam/contract-entry src/shop/latency.py:5 the contract has no section slo',
  ],
  [
    'contract entry gone',
    () => mutated(CONTRACT, '  latency:', '  throughput:'),
    'the contract has no entry slos.latency',
  ],
  [
    'secret that nobody reads',
    () => mutated('src/shop/alerts.py', 'SHOP_SLACK_WEBHOOK', 'SLACK_WEBHOOK'),
    'seam/secret contract.yaml nothing reads the environment variable SHOP_SLACK_WEBHOOK',
  ],
  [
    'secret that no example shows',
    () => mutated('.env.example', 'SHOP_SLACK_WEBHOOK', 'OTHER'),
    'seam/secret contract.yaml no document and no .env.example tells people to set SHOP_SLACK_WEBHOOK of secrets.slack',
  ],
  [
    'criterion without code',
    () => mutated('src/shop/latency.py', 'SC-OPS-2: ', ''),
    'seam/criterion contract.yaml no file implements the success criterion SC-OPS-2',
  ],
  [
    'criterion without test',
    () => mutated('tests/unit/test_latency.py', 'SC-OPS-2', 'It'),
    'seam/criterion contract.yaml no test names the success criterion SC-OPS-2',
  ],
  [
    'criterion that does not exist',
    () => mutated('src/shop/cli.py', 'console', 'SC-OPS-7'),
    'seam/criterion src/shop/cli.py:1 the contract has no success criterion SC-OPS-7',
  ],
  [
    'undeclared import',
    () => mutated('src/shop/alerts.py', 'import os', 'import httpx'),
    'seam/dependency src/shop/alerts.py:3 httpx is imported, but httpx is not',
  ],
  [
    'module under another package name',
    () => mutated(PYPROJECT, '    "pyyaml==6.0.3",\n', ''),
    'yaml is imported, but pyyaml is not a direct dependency',
  ],
  [
    'test dependency declared elsewhere',
    () => mutated(PYPROJECT, ', "pytest==9.0.1"', ''),
    'seam/dependency tests/conftest.py:5 pytest is imported, but pytest is not a direct dependency in pyproject.toml',
  ],
  [
    'range instead of a pin',
    () => mutated(PYPROJECT, 'jinja2==3.1.6', 'jinja2>=3.1.6'),
    'seam/dependency pyproject.toml:10 jinja2>=3.1.6 is not pinned',
  ],
  ['wildcard pin', () => mutated(PYPROJECT, 'jinja2==3.1.6', 'jinja2==3.1.*'), 'jinja2==3.1.* is not pinned'],
  [
    'dependency that nobody uses',
    () => mutated(PYPROJECT, '"jinja2==3.1.6"', '"jinja2==3.1.6",\n    "scipy==1.16.3"'),
    'seam/dependency pyproject.toml:11 scipy is declared, but nothing',
  ],
  [
    'console script to nowhere',
    () => mutated(PYPROJECT, 'shop.cli:main', 'shop.cli:start'),
    'seam/entry-point pyproject.toml:16 the entry point shop.cli:start leads nowhere: shop.cli has no start',
  ],
  [
    'own import of a missing module',
    () => mutated('src/shop/cli.py', 'shop.alerts', 'shop.alarm'),
    'seam/import src/shop/cli.py:5 there is no module shop.alarm',
  ],
  [
    'own import of a missing name',
    () => mutated('src/shop/cli.py', 'import webhook', 'import hook'),
    'seam/import src/shop/cli.py:5 shop.alerts has no hook',
  ],
  [
    'setting that names a missing module',
    () => mutated('conf/base.yaml', 'stages.train:', 'stages.trane:'),
    'seam/dotted-name conf/base.yaml:2 shop.stages.trane:run leads nowhere',
  ],
  [
    'setting that names a missing function',
    () => mutated('conf/base.yaml', ':run', ':go'),
    'shop.stages.train has no go',
  ],
  [
    'missing settings of an environment',
    () => without('conf/prod.yaml'),
    'seam/settings-environment conf/settings.schema.json the environment prod has no settings file',
  ],
  [
    'file that only some environments have',
    () => withFile('repo/store.dev.yaml', 'a: 1\n'),
    'seam/settings-environment repo/store.dev.yaml there is no repo/store.prod.yaml',
  ],
  [
    'fixture that nobody defines',
    () => mutated('tests/unit/test_cli.py', '(root)', '(rooot)'),
    'seam/fixture tests/unit/test_cli.py:6 test_cli asks for the fixture rooot',
  ],
  [
    'missing target in the README',
    () => mutated('README.md', 'make test', 'make tests'),
    'seam/command README.md:4 make tests: the Makefile has no such target',
  ],
  [
    'program that no environment gives',
    () => mutated('Makefile', 'uv run --locked pytest', 'uv run --locked nose'),
    'seam/command Makefile:7 uv run --locked nose: pyproject.toml gives no program nose',
  ],
  [
    'shell script that uv is to run and that is not there',
    () => mutated('Makefile', 'uv run --locked pytest', 'uv run --locked scripts/test.sh'),
    'seam/command Makefile:7 uv run --locked scripts/test.sh: there is no file scripts/test.sh',
  ],
  [
    'missing environment',
    () => mutated('Makefile', 'environments/checks ruff', 'environments/check ruff'),
    'seam/command Makefile:3 uv run --project environments/check ruff check: there is no environments/check/pyproject.toml',
  ],
  [
    'missing script',
    () => mutated('Makefile', 'dags/weekly.py', 'dags/daily.py'),
    'seam/command Makefile:13 uv run python dags/daily.py: there is no file dags/daily.py',
  ],
  ['unknown program in a DVC stage', () => mutated('dvc.yaml', 'run stage', 'run stages'), 'seam/command dvc.yaml:3'],
  [
    'environment that nothing enters',
    () => withFile('environments/extra/pyproject.toml', '[project]\nname = "extra"\n'),
    'seam/command environments/extra/pyproject.toml no command uses the environment environments/extra',
  ],
  [
    'tool without its configuration',
    () => without('dvc.yaml'),
    'seam/tool-configuration Makefile:10 dvc is run, but its configuration is missing',
  ],
]

describe('checkSeams', () => {
  it('finds nothing on the platform as it is, with one pass for each seam', async () => {
    const results = await checkSeams(platform(), contractOf(platform()))
    expect(lines(results)).toEqual([])
    expect(results.map((result) => result.check).sort()).toEqual(SEAMS.map((seam) => seam.name).sort())
  })

  it.each(mutations)('finds: %s', async (_, files, expected) => {
    expect((await failures(files())).join('\n')).toContain(expected)
  })

  it('has a mutation for every seam', () => {
    const covered = new Set(mutations.map(([, , expected]) => expected.split(' ')[0]))
    // Those of the cluster and of delivery have designs and lists of their own: seams-cluster.test.ts, seams-delivery.test.ts.
    const own = SEAMS.filter((seam) => ![...CLUSTER_SEAMS, ...DELIVERY_SEAMS].includes(seam))
    expect(own.map((seam) => seam.name).filter((name) => !covered.has(name))).toEqual([])
  })

  it('asks for the text that calls for a package which nothing imports', async () => {
    const declares = {
      path: 'environments/tracker/pyproject.toml',
      content: '[project]\ndependencies = ["boto3==1.43.117"]\n',
    }
    const unused = 'seam/dependency environments/tracker/pyproject.toml:2 boto3 is declared, but nothing'
    const chart = (name: string, text: string) => ({
      path: `deploy/charts/${name}/values.yaml`,
      content: `to: ${text}\n`,
    })
    const found = async (...more: { path: string; content: string }[]) =>
      (await failures([...platform(), ...more.map((one) => emitted(one.path, one.content))])).filter((line) =>
        line.startsWith(unused),
      )
    expect(await found(declares)).toHaveLength(1)
    expect(await found(declares, chart('tracker', 's3://models'))).toEqual([])
    expect(await found(declares, chart('tracker', 'models'))).toHaveLength(1)
    expect(await found(declares, chart('orchestrator', 's3://models'))).toHaveLength(1)
  })

  it('turns a crash into a failure', async () => {
    const crash = { name: 'seam/x', find: () => Promise.reject(new Error('broken')) }
    expect(lines(await checkSeams(platform(), contractOf(platform()), [crash]))).toEqual([
      'seam/x  the check seam/x itself failed: broken',
    ])
  })

  it('does not take collections.Counter for a metric', async () => {
    const files = mutated(
      'src/shop/alerts.py',
      'import os',
      'import os\nfrom collections import Counter\n\nSEEN = Counter("abc")',
    )
    expect(await failures(files)).toEqual([])
  })
})
