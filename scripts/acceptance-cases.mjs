// What acceptance runs. `slice` marks the cases of every CI run; the rest come with --all.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { acceptedByToolchain } from './platform-toolchain.mjs'
import { runDocumented } from './run-documented.mjs'

const TRACKERS = ['mlflow', 'wandb']
const STORES = ['feast', 'custom']
const MODES = ['realtime', 'batch', 'hybrid']
const MATURITIES = [1, 2, 3, 4, 5]

/** Deliverables that are executed on the user's machine; the others wait for their components. */
const PIPELINE = [
  ...[
    'ingestion',
    'data-quality',
    'features',
    'model-requirements',
    'experiment-design',
    'training',
    'tracking',
    'registry',
  ],
  ...['code-structure', 'performance', 'testing', 'serving', 'model-monitoring', 'drift'],
]

/** Processor seconds that a generated project's whole test suite may take, once everything is installed. */
const TEST_SECONDS = 60
/** Processor time is no exact measure: the same work takes longer where other programs share caches and cores. */
const BUSY_MACHINE = 1.25

function must(condition, message) {
  if (!condition) throw new Error(message)
}

async function design({ cli, exec, folder, root }, text, name, args = []) {
  const workspace = path.join(folder, name)
  const file = path.join(root, 'examples', text)
  const { code, out } = await exec(
    'node',
    [cli, 'design', '--requirements-file', file, '--workspace', workspace, '--yes', ...args],
    { minutes: 5 },
  )
  must(code === 0, `design ended with ${code}: ${lastLine(out)}`)
  return workspace
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? ''
}

/** Designs, verifies up to `level`, and demands that every pipeline deliverable that exists at this maturity reaches it. */
async function verified(context, text, name, level, args = []) {
  const workspace = await design(context, text, name, [...args, '--verify', 'none'])
  const { code, out } = await context.exec(
    'node',
    [context.cli, 'verify', '--workspace', workspace, '--level', level, '--json'],
    { minutes: 25 },
  )
  const document = JSON.parse(lastLine(out))
  const failed = document.results.filter((result) => result.status === 'fail')
  must(
    failed.length === 0,
    failed
      .slice(0, 3)
      .map((result) => `${result.file ?? result.deliverable ?? ''} ${result.check}: ${result.reason}`)
      .join(' | '),
  )
  must(code === 0, `verify ended with ${code}`)
  const low = document.deliverables.filter(
    (deliverable) => PIPELINE.includes(deliverable.id) && deliverable.level < level,
  )
  must(
    low.length === 0,
    `below ${level}: ${low.map((deliverable) => `${deliverable.id} ${deliverable.level}`).join(', ')}`,
  )
  const reached = document.deliverables.filter((deliverable) => deliverable.level >= level)
  return `${reached.length} of ${document.deliverables.length} deliverables at ${level}`
}

/** How long the tests took, as they wrote it down themselves; fails above the bound. */
async function testSeconds(workspace) {
  const { cpu_seconds: seconds } = JSON.parse(await readFile(path.join(workspace, 'reports', 'tests.json'), 'utf8'))
  const said = `the tests took ${seconds} CPU seconds, the bound is ${TEST_SECONDS}, ${TEST_SECONDS * BUSY_MACHINE} on a busy machine`
  must(seconds > 0 && seconds <= TEST_SECONDS * BUSY_MACHINE, said)
  return said
}

const options = (tracker, store, mode, maturity) => [
  ...['--experiment-tracking', tracker, '--feature-store', store],
  ...['--deployment-mode', mode, '--maturity', String(maturity)],
]

/** Every pair of values of two options stands in one of these: mode x maturity in full, tracker and store alternating so that their pairs do too. */
const PAIRS = MODES.flatMap((mode, m) =>
  MATURITIES.map((maturity, level) => [
    TRACKERS[(m + level) % 2],
    STORES[(Math.floor(level / 2) + m) % 2],
    mode,
    maturity,
  ]),
)
const ALL = TRACKERS.flatMap((tracker) =>
  STORES.flatMap((store) => MODES.flatMap((mode) => MATURITIES.map((maturity) => [tracker, store, mode, maturity]))),
)

function sameAs(list, [tracker, store, mode, maturity]) {
  return list.some((other) => [tracker, store, mode, maturity].every((value, at) => other[at] === value))
}

const l1 = (combination) => ({
  name: `L1 ${combination.join(' ')}`,
  slice: sameAs(PAIRS, combination),
  run: async (context) => {
    const workspace = await design(context, 'churn-telecom.txt', 'platform', [
      ...options(...combination),
      '--verify',
      'L1',
    ])
    const { out } = await context.exec('git', ['-C', workspace, 'status', '--porcelain'])
    must(out === '', `the workspace is not clean after design: ${out}`)
  },
})

const l3 = (combination, slice) => ({
  name: `L3 ${combination.join(' ')}`,
  slice,
  run: (context) => verified(context, 'churn-telecom.txt', 'platform', 'L3', options(...combination)),
})

export const cases = [
  { name: 'L2 churn', slice: false, run: (context) => verified(context, 'churn-telecom.txt', 'churn', 'L2') },
  {
    name: 'L3 churn-telecom.txt',
    slice: true,
    run: (context) => verified(context, 'churn-telecom.txt', 'churn', 'L3'),
  },
  {
    name: 'L3 credit-default.txt',
    slice: false,
    run: (context) => verified(context, 'credit-default.txt', 'credit', 'L3'),
  },
  {
    name: 'L3 clinic-no-show.txt',
    slice: false,
    run: (context) => verified(context, 'clinic-no-show.txt', 'clinic', 'L3'),
  },
  {
    name: 'make test keeps within its processor time',
    slice: false,
    run: async (context) => {
      const workspace = await design(context, 'churn-telecom.txt', 'churn', ['--verify', 'none'])
      const { code, out } = await context.exec('make', ['test'], { cwd: workspace, minutes: 20 })
      must(code === 0, `make test ended with ${code}: ${lastLine(out)}`)
      return testSeconds(workspace)
    },
  },
  {
    name: 'Airflow: the DAGs import, and a whole run trains',
    slice: true,
    run: async (context) => {
      const workspace = await design(context, 'churn-telecom.txt', 'churn', ['--verify', 'none'])
      const { code, out } = await context.exec('make', ['test-dags'], { cwd: workspace, minutes: 20 })
      must(code === 0, `make test-dags ended with ${code}: ${lastLine(out)}`)
      return lastLine(out)
    },
  },
  {
    name: 'what is documented runs as written',
    slice: false,
    run: async (context) => {
      const workspace = await design(context, 'churn-telecom.txt', 'churn', [
        ...options('mlflow', 'feast', 'hybrid', 5),
        ...['--verify', 'none'],
      ])
      return runDocumented({ workspace, log: context.log })
    },
  },
  ...[
    ['churn-telecom.txt', ['--deployment-mode', 'hybrid']],
    ['credit-default.txt', []],
    ['clinic-no-show.txt', []],
  ].map(([text, args], at) => ({
    name: `the toolchain accepts the platform of ${text}`,
    slice: at === 0,
    run: async (context) => {
      const workspace = await design(context, text, 'platform', [...args, '--verify', 'none'])
      return acceptedByToolchain({ workspace, folder: context.folder, exec: context.exec })
    },
  })),
  ...ALL.map(l1),
  l3(['wandb', 'custom', 'batch', 3], false),
  ...PAIRS.filter((one) => !sameAs([['wandb', 'custom', 'batch', 3]], one)).map((one) => l3(one, false)),
]
