// What acceptance runs. `slice` marks the cases of every CI run; the rest come with --all.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import { modelCases } from './acceptance-models.mjs'
import { tailoringCases } from './acceptance-tailorings.mjs'
import { lastLine, must, testSeconds, verified } from './judged-platforms.mjs'
import { killModelRuns } from './kill-model-runs.mjs'
import { killRuns } from './kill-runs.mjs'
import { acceptedByToolchain, needPrograms } from './platform-toolchain.mjs'
import { runDocumented } from './run-documented.mjs'
import { playStory, readStory } from './story.mjs'
import { builtFromSource } from './validators-build.mjs'
import { sameVerdicts } from './verdicts.mjs'

const TRACKERS = ['mlflow', 'wandb']
const STORES = ['feast', 'custom']
const MODES = ['realtime', 'batch', 'hybrid']
const MATURITIES = [1, 2, 3, 4, 5]

/** Minutes from the first command to a training run that can be looked up, installation included. */
const FIRST_RUN_MINUTES = 5

/** What a new user does, with nothing installed before; the demonstration goes on after training, so the bound is met sooner. */
async function firstTrackedRun({ cli, exec, folder, root }) {
  const began = Date.now()
  const workspace = path.join(folder, 'first')
  const text = path.join(root, 'examples', 'churn-telecom.txt')
  const env = { UV_CACHE_DIR: path.join(folder, 'uv') }
  const steps = [
    ['node', [cli, 'design', '--requirements-file', text, '--workspace', workspace, '--yes'], {}],
    ['make', ['setup'], { cwd: workspace, env }],
    ['make', ['demo'], { cwd: workspace, env }],
  ]
  const took = []
  for (const [program, args, where] of steps) {
    const start = Date.now()
    const { code, out } = await exec(program, args, where)
    must(code === 0, `${program} ${args[0]} ended with ${code}: ${lastLine(out)}`)
    took.push(`${args[0]} ${Math.round((Date.now() - start) / 1000)} s`)
  }
  const { checks } = JSON.parse(await readFile(path.join(workspace, 'reports', 'evidence.json'), 'utf8'))
  const tracked = checks.find(({ name }) => name === 'the run holds its parameters, metrics and model')
  must(tracked?.status === 'pass', `the training run was not tracked: ${tracked?.detail ?? 'nothing says so'}`)
  const minutes = (Date.now() - began) / 60_000
  must(minutes < FIRST_RUN_MINUTES, `it took ${minutes.toFixed(1)} minutes: ${took.join(', ')}`)
  return took.join(', ')
}

/** Words of every kind that one of two parsers of YAML might take for something else. */
const ODD_TEXT = `Predict which of our "VIP" customers - na\u00efve caf\u00e9, \u65e5\u672c\u8a9e, \u{1f680} - will cancel within 30 days? Yes: #1 priority; it's the board's question.
We have 50,000 customers {active} [EU], key: value, "a: b # c", 'single', \`tick\`, back\\slash, tab\there, %percent, @at, !bang, &amp, *star, |pipe, >gt, - dash, ~ , null, yes, off, 0x1F, 1e3, 12:30:45, 2026-11-20.
Marketing said:
"Rank them
every Monday at 06:00"
and: "the list must be right, who would call otherwise?"
Data land in S3 every night. A line with spaces at its end   
A next\u0085line, a line\u2028separator, a mark \ufeff in the middle.
`
const PYYAML =
  'import json,sys,yaml; print(json.dumps([yaml.safe_load(open(f, encoding="utf-8")) for f in sys.argv[1:]]))'

/** What people and other programs read spec.yaml and contract.yaml with is not the library that writes them. */
async function readByOthers({ cli, exec, folder, root }) {
  const odd = path.join(folder, 'odd.txt')
  await writeFile(odd, ODD_TEXT)
  const written = []
  for (const name of ['churn-telecom', 'credit-default', 'clinic-no-show', 'odd']) {
    const text = name === 'odd' ? odd : path.join(root, 'examples', `${name}.txt`)
    const workspace = path.join(folder, name)
    const args = ['--requirements-file', text, '--workspace', workspace, '--yes', '--verify', 'none']
    const { code, out } = await exec('node', [cli, 'design', ...args], { minutes: 5 })
    must(code === 0, `design ended with ${code}: ${lastLine(out)}`)
    written.push(path.join(workspace, 'spec.yaml'), path.join(workspace, 'contract.yaml'))
  }
  const tools = ['run', '--quiet', '--no-project', '--with', 'pyyaml==6.0.3', '--with', 'yamllint==1.37.1']
  const { code, out } = await exec('uv', [...tools, 'python', '-c', PYYAML, ...written])
  must(code === 0, `PyYAML ended with ${code}: ${lastLine(out)}`)
  const read = JSON.parse(lastLine(out))
  for (const [at, file] of written.entries())
    must(isDeepStrictEqual(read[at], parse(await readFile(file, 'utf8'))), `PyYAML reads other data from ${file}`)
  const rules = '{extends: relaxed, rules: {line-length: disable}}'
  const linted = await exec('uv', [...tools, 'yamllint', '--strict', '-d', rules, ...written])
  must(linted.code === 0, `yamllint: ${linted.out.trim()}`)
  return `${written.length} files`
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

/** Ten kills each: 200 in all, of which every CI run does 30. */
const KILL_PARTS = 20

/** Twenty five kills each. */
const MODEL_KILL_PARTS = 4
/** What a run of the small product with a model is made of. */
const TALKING = [
  'src',
  'scripts',
  'test/small',
  'prompts/partials',
  'prompts/tools',
  'workflows/prices.yaml',
  'package-lock.json',
]

/** Twenty five orders each. */
const ORDER_PARTS = 4

/** The property of the unit tests, longer and with a seed of its own, which is what makes a failure happen again. */
async function nothingLost({ exec }) {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const env = { MLOPS_RUNS: '25', MLOPS_SEED: String(seed) }
  const args = ['vitest', 'run', '--project', 'unit', 'test/run/nothing-lost.test.ts']
  const { code } = await exec('npx', args, { env, minutes: 30 })
  must(code === 0, `seed ${seed} fails: MLOPS_RUNS=25 MLOPS_SEED=${seed} npx ${args.join(' ')}`)
  return `25 orders; seed ${seed}`
}

/** Runs files of test/acceptance. */
async function tested({ exec }, files) {
  const args = ['vitest', 'run', '--project', 'acceptance', ...files.map((name) => `test/acceptance/${name}.test.ts`)]
  const { code, out } = await exec('npx', args, { env: { NO_COLOR: '1' }, minutes: 20 })
  must(code === 0, `npx ${args.join(' ')} ended with ${code}: ${lastLine(out)}`)
  const [, tests] = /Tests\s+(\d+) passed/.exec(out) ?? []
  must(tests !== undefined, 'no test ran')
  return `${tests} tests`
}

/** Plays docs/story.md; without the tests of the project that it ends with, which take minutes, where `slice`. */
const told = (name, slice) => ({
  name,
  slice,
  run: async ({ cli, exec, folder, root }) => {
    const story = readStory(await readFile(path.join(root, 'docs', 'story.md'), 'utf8'))
    return playStory({ story, root, folder, cli, exec, skipped: (command) => slice && command.startsWith('make ') })
  },
})

/** The part of the product that a verdict on a finished platform can depend on. */
const VERIFY = ['src/verify', 'src/tool', 'src/spec', 'src/types.ts', 'src/cli/verify.ts', 'src/cli/verification.ts']
const scripts = (...names) => ['package-lock.json', ...names.map((name) => `scripts/${name}`)]
const JUDGED = [...scripts('judged-platforms.mjs'), 'validators']

/** Designs with every check on the way, so it depends on all of the product. */
const l1 = (combination) => ({
  name: `L1 ${combination.join(' ')}`,
  slice: sameAs(PAIRS, combination),
  run: async ({ cli, exec, folder, root }) => {
    const workspace = path.join(folder, 'platform')
    const text = path.join(root, 'examples', 'churn-telecom.txt')
    const args = ['--requirements-file', text, '--workspace', workspace, '--yes', '--verify', 'L1']
    const { code, out } = await exec('node', [cli, 'design', ...args, ...options(...combination)], { minutes: 5 })
    must(code === 0, `design ended with ${code}: ${lastLine(out)}`)
    const { out: changed } = await exec('git', ['-C', workspace, 'status', '--porcelain'])
    must(changed === '', `the workspace is not clean after design: ${changed}`)
  },
})

const executed = (level, name, platform, slice) => ({
  name: `${level} ${name}`,
  slice,
  platform,
  looksWith: [...VERIFY, ...JUDGED],
  run: (context) => verified(context, level),
})
const combined = (combination) =>
  executed('L3', combination.join(' '), { text: 'churn-telecom.txt', options: options(...combination) }, false)

/** Runs a target of the generated Makefile; `read` gives what is to be said of it. */
const made = (name, target, slice, read) => ({
  name,
  slice,
  platform: { text: 'churn-telecom.txt' },
  looksWith: JUDGED,
  run: async ({ exec, workspace }) => {
    const { code, out } = await exec('make', [target], { cwd: workspace, minutes: 20 })
    must(code === 0, `make ${target} ended with ${code}: ${lastLine(out)}`)
    return read(workspace, out)
  },
})

export const cases = [
  executed('L2', 'churn', { text: 'churn-telecom.txt', options: ['--maturity', '1'] }, false),
  executed('L3', 'churn-telecom.txt', { text: 'churn-telecom.txt' }, true),
  executed('L3', 'credit-default.txt', { text: 'credit-default.txt' }, false),
  executed('L3', 'clinic-no-show.txt', { text: 'clinic-no-show.txt' }, false),
  made('make test keeps within its processor time', 'test', false, testSeconds),
  made('Airflow: the DAGs import, and a whole run trains', 'test-dags', true, (_, out) => lastLine(out)),
  {
    name: 'from design to a tracked training run in under five minutes',
    slice: false,
    run: firstTrackedRun,
  },
  { name: 'PyYAML and yamllint read spec.yaml and contract.yaml as they were meant', slice: true, run: readByOthers },
  told('the story goes as docs/story.md tells it', true),
  told("the story ends with the project's own tests passing", false),
  {
    name: 'what is documented runs as written',
    slice: false,
    platform: { text: 'churn-telecom.txt', options: options('mlflow', 'feast', 'hybrid', 5) },
    looksWith: scripts(
      ...['run-documented.mjs', 'documented-commands.mjs', 'shell-words.mjs', 'pipeline-commands.mjs'],
      ...['dag-commands.py', 'platform-toolchain.mjs'],
    ),
    run: ({ workspace, folder, log }) => {
      needPrograms(['helm', 'tofu', 'promtool', 'actionlint', 'shellcheck'])
      return runDocumented({ workspace, folder, log })
    },
  },
  ...[
    ['churn-telecom.txt', ['--deployment-mode', 'hybrid']],
    ['credit-default.txt', []],
    ['clinic-no-show.txt', []],
  ].map(([text, chosen], at) => ({
    name: `the toolchain accepts the platform of ${text}`,
    slice: at === 0,
    platform: { text, options: chosen },
    looksWith: scripts('platform-toolchain.mjs', 'api-server.mjs'),
    run: ({ workspace, folder, exec }) => acceptedByToolchain({ workspace, folder, exec }),
  })),
  {
    name: 'what ships is what the toolchain gives',
    slice: false,
    looksWith: [
      ...['src/verify', 'src/types.ts', 'validators', 'test/acceptance', 'test/verify'],
      ...scripts('kubernetes-schemas.mjs', 'terraform-schemas.mjs'),
    ],
    run: (context) => {
      needPrograms(['tofu'])
      return tested(context, ['kubernetes-schemas', 'terraform'])
    },
  },
  {
    name: 'no file can be deleted unnoticed',
    slice: true,
    looksWith: [
      ...['src', 'blueprints', 'workflows', 'examples', 'validators', 'package-lock.json'],
      ...['test/acceptance', 'test/emitted/platforms.ts'],
    ],
    run: (context) => tested(context, ['deletions']),
  },
  {
    name: 'our checks and the real programs give the same verdicts',
    slice: false,
    platform: { text: 'churn-telecom.txt', options: ['--deployment-mode', 'hybrid'] },
    looksWith: [
      ...['src/verify', 'validators', 'test/scripts/disagreements.yaml'],
      ...scripts('verdicts.mjs', 'verdict-kinds.mjs', 'mutations.mjs'),
    ],
    run: sameVerdicts,
  },
  {
    name: 'the validators are built from their source',
    slice: true,
    looksWith: ['validators/go', 'scripts/validators-build.mjs'],
    run: builtFromSource,
  },
  ...Array.from({ length: KILL_PARTS }, (_, at) => ({
    name: `runs that are killed at random points are resumed, part ${at + 1} of ${KILL_PARTS}`,
    slice: at < 3,
    run: ({ log }) => killRuns({ rounds: 10, say: (text) => log.write(`${text}\n`) }),
  })),
  ...modelCases,
  ...tailoringCases,
  ...Array.from({ length: MODEL_KILL_PARTS }, (_, at) => ({
    name: `runs with a model that are killed at random points are resumed, part ${at + 1} of ${MODEL_KILL_PARTS}`,
    slice: false,
    looksWith: TALKING,
    run: ({ log }) => killModelRuns({ kills: 25, say: (text) => log.write(`${text}\n`) }),
  })),
  ...Array.from({ length: ORDER_PARTS }, (_, at) => ({
    name: `no line of the user is lost in any order of things, part ${at + 1} of ${ORDER_PARTS}`,
    slice: false,
    looksWith: ['src', 'test/run', 'test/small', 'test/workspace', 'package-lock.json'],
    run: nothingLost,
  })),
  ...ALL.map(l1),
  combined(['wandb', 'custom', 'batch', 3]),
  ...PAIRS.filter((one) => !sameAs([['wandb', 'custom', 'batch', 3]], one)).map(combined),
]
