// What counts as a documented command, where it stands, and what becomes of it; a command that goes unseen here is never tried.
import { describe, expect, it } from 'vitest'
import { cases } from '../../scripts/acceptance-cases.mjs'
import {
  documentedCommands,
  dvcCommands,
  ELSEWHERE,
  makeCommands,
  markdownCommands,
  PARSED,
  planCommands,
  SERVERS,
  workflowCommands,
  yamlCommands,
} from '../../scripts/documented-commands.mjs'

const texts = (found: { readonly commands: readonly { readonly text: string }[] }) =>
  found.commands.map(({ text }) => text)
const reasons = (found: { readonly problems: readonly { readonly line: number; readonly reason: string }[] }) =>
  found.problems.map(({ line, reason }) => `${line}: ${reason}`)
const plan = (...commands: string[]) =>
  planCommands(commands.map((text, index) => ({ file: 'README.md', line: index + 1, text })))

describe('Markdown', () => {
  it('gives each line of a shell block, without comments, and joins continued ones', () => {
    const page = [
      '# Title',
      '```sh',
      '# once',
      'make setup    # the first time',
      'X="a # b" uv run stage train \\',
      '  --run-id 7',
      '```',
    ]
    expect(markdownCommands(page.join('\n')).commands).toEqual([
      { line: 4, text: 'make setup' },
      { line: 5, text: 'X="a # b" uv run stage train --run-id 7' },
    ])
  })

  it('tells commands from their output in console blocks', () => {
    expect(texts(markdownCommands('```console\n$ make demo\nall is well\n$ make test\n```'))).toEqual([
      'make demo',
      'make test',
    ])
  })

  it('leaves blocks of text alone', () => {
    const found = markdownCommands('```text\nmake nothing\n```\n```yaml\nrun: make nothing\n```')
    expect(found).toEqual({ commands: [], problems: [] })
  })

  it('refuses a block that does not say what it holds, so that none goes unseen', () => {
    expect(reasons(markdownCommands('a\n```\nmake demo\n```\n```python\nimport x\n```'))).toEqual([
      '2: a block of no language: expected sh for commands, text for anything else',
      '5: a block of python language: expected sh for commands, text for anything else',
    ])
    expect(reasons(markdownCommands('```sh\nmake demo'))).toEqual(['2: a block without an end'])
    expect(reasons(markdownCommands('```sh\nmake \\\n```'))).toEqual(['2: the block ends within a command'])
  })

  it('refuses an indented command', () => {
    expect(reasons(markdownCommands('Do this:\n\n    uv sync --locked\n'))).toEqual([
      '3: an indented command (uv sync --locked): expected a fenced block',
    ])
  })

  it('reads tables and sentences', () => {
    const page =
      '| target | typed |\n|---|---|\n| `make demo` | `uv run demo \\| tee out` |\n\nThen `A=1 uv run stage train` and `train`.'
    expect(markdownCommands(page).commands).toEqual([
      { line: 3, text: 'make demo' },
      { line: 3, text: 'uv run demo | tee out' },
      { line: 5, text: 'A=1 uv run stage train' },
    ])
  })

  it('knows the scripts of the project, and takes a single word for a name', () => {
    const found = markdownCommands('See `registry list`, `registry` and `models/`.', new Set(['registry']))
    expect(texts(found)).toEqual(['registry list'])
  })

  it('knows the scripts of the folder scripts', () => {
    const found = markdownCommands('`scripts/rollback.sh prod --dry-run` undoes what `scripts/deploy.sh` did.')
    expect(texts(found)).toEqual(['scripts/rollback.sh prod --dry-run'])
  })
})

describe('Makefile', () => {
  it('gives targets and recipe lines, with files of patterns spelt out', () => {
    const makefile = [
      'export X = 1',
      '.PHONY: demo',
      'environments/%/uv.lock:',
      '\tuv lock --project $(@D)',
      'demo: environments/serving/uv.lock | environments/checks/uv.lock',
      '\t@uv run demo \\',
      '\t  --quick',
    ]
    expect(makeCommands(makefile.join('\n')).commands).toEqual([
      { line: 4, text: 'uv lock --project environments/serving', recipe: true },
      { line: 4, text: 'uv lock --project environments/checks', recipe: true },
      { line: 5, text: 'make demo' },
      { line: 6, text: 'uv run demo --quick', recipe: true },
    ])
  })

  it('says what it cannot resolve', () => {
    expect(reasons(makeCommands('a:\n\t$(TOOL) $^\nb/%.x:\n\ttouch $@\n'))).toEqual([
      '2: a variable of make that is not resolved here: $(TOOL) $^',
      '3: nothing needs a file like b/%.x',
    ])
  })
})

describe('YAML', () => {
  it('gives the commands of stages with their lines', () => {
    const dvc =
      'stages:\n  train:\n    cmd: uv run stage train\n    deps: [cmd]\n  both:\n    cmd:\n      - one\n      - two\n'
    expect(yamlCommands(dvc, (path) => path.at(-1) === 'cmd').commands).toEqual([
      { line: 3, text: 'uv run stage train' },
      { line: 7, text: 'one' },
      { line: 8, text: 'two' },
    ])
  })

  it('gives a whole script of a workflow and the line at which it starts', () => {
    const workflow = 'jobs:\n  test:\n    steps:\n      - run: |\n          make setup\n          make test\n'
    expect(yamlCommands(workflow, (path) => path.at(-1) === 'run').commands).toEqual([
      { line: 5, text: 'make setup\nmake test' },
    ])
  })

  it('says which variables of a step only a run at the code host gives, and which nobody does', () => {
    const step = 'jobs:\n  a:\n    env: {WHERE: x}\n    steps:\n      - run: go "$WHERE" > "$GITHUB_OUTPUT"\n'
    expect(workflowCommands(step)).toEqual({
      commands: [{ line: 5, text: 'go "$WHERE" > "$GITHUB_OUTPUT"', variables: ['WHERE'] }],
      problems: [],
    })
    expect(reasons(workflowCommands(step.replace('"$WHERE"', '"$WERE"')))).toEqual([
      '5: no env of this workflow gives WERE',
    ])
  })

  it('reports what is no YAML', () => {
    expect(yamlCommands('a: [1', () => true).problems).toHaveLength(1)
  })
})

describe('a project', () => {
  const files = new Map([
    ['pyproject.toml', '[project]\nname = "x"\n\n[project.scripts]\nstage = "x:main"\n\n[tool.uv]\nserve = "no"\n'],
    ['docs/a.md', 'Run `stage train`, not `serve it`.'],
    ['.github/workflows/test.yml', 'jobs: {a: {steps: [{run: make test}]}}'],
    ['.gitlab-ci.yml', 'test:\n  before_script: [make setup]\n  script:\n    - make test\n'],
    ['dvc.yaml', 'stages: {a: {cmd: make demo}}'],
    ['src/x.py', '"""`make nothing`"""'],
  ])

  it('is read by kind of file', () => {
    expect(documentedCommands(files).commands.map(({ file, text }) => `${file} ${text}`)).toEqual([
      'docs/a.md stage train',
      '.github/workflows/test.yml make test',
      '.gitlab-ci.yml make setup',
      '.gitlab-ci.yml make test',
      'dvc.yaml make demo',
    ])
  })

  it('gives a broken command with its place', () => {
    const found = documentedCommands(new Map([['docs/b.md', 'x\n```sh\nmake nowhere\n```\n```\n```']]))
    expect(found.commands).toEqual([{ file: 'docs/b.md', line: 3, text: 'make nowhere' }])
    expect(found.problems).toMatchObject([{ file: 'docs/b.md', line: 5 }])
  })
})

describe('the plan', () => {
  it('begins with setup and follows the reader, each command once with all its places', () => {
    const { plan: ordered } = planCommands([
      { file: 'dvc.yaml', line: 1, text: 'uv run stage train' },
      { file: 'docs/troubleshooting.md', line: 1, text: 'make test' },
      { file: 'docs/unknown.md', line: 9, text: 'make openapi' },
      { file: 'docs/data-preparation.md', line: 1, text: 'uv sync --locked' },
      { file: 'Makefile', line: 1, text: 'make test' },
      { file: 'README.md', line: 5, text: 'make demo' },
      { file: 'README.md', line: 2, text: 'make setup' },
    ])
    expect(ordered.map(({ text }) => text)).toEqual([
      'make setup',
      'uv sync --locked',
      'make demo',
      'make test',
      'make openapi',
      'uv run stage train',
    ])
    expect(ordered[3]?.places).toEqual([
      { file: 'Makefile', line: 1 },
      { file: 'docs/troubleshooting.md', line: 1 },
    ])
  })

  it('fills in what a reader would, and refuses what nobody could', () => {
    const { plan: filled, problems } = plan('uv run stage <name> --as-of <date>', 'kubectl get <pod>', 'make …')
    expect(filled.map(({ text }) => text)).toEqual(['uv run stage ingest --as-of 2026-11-20'])
    expect(problems.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '2 kubectl get <pod>: nothing says what stands for <pod>',
      '3 make …: nothing says what stands for …',
    ])
  })

  it('runs what can run, serves what does not end, and parses only what needs something that is not here', () => {
    const hows = plan(
      'make demo',
      'uv run --project environments/serving --locked serve',
      'make serve',
      'uv tool run tensorboard --logdir work',
      'make airflow',
      'terraform -chdir=infra apply',
      'make build && docker push x',
      'uv run stage train --environment prod',
      'echo ${{ github.sha }}',
      'helm upgrade a b',
      'helm template a b',
      'scripts/teardown.sh dev --dry-run',
      'scripts/rollback.sh prod --dry-run',
      'make images',
    ).plan.map(({ how, reason = '' }) => `${how} ${reason}`.trim())
    expect(hows).toEqual([
      'run',
      'serve',
      'serve',
      'serve',
      'serve',
      'parse needs a cloud account',
      'parse needs a container daemon',
      'parse needs a cloud account',
      'parse needs a workflow run at the code host',
      'parse needs a cluster',
      'run',
      'parse needs a cloud account',
      'run',
      'parse needs a container daemon',
    ])
  })

  it('runs a step of a workflow unless it reads what only its run has', () => {
    const step = { file: '.github/workflows/a.yaml', line: 1, text: 'make test' }
    expect(planCommands([step]).plan[0]).toMatchObject({ how: 'run' })
    expect(planCommands([{ ...step, variables: ['WHERE'] }]).plan[0]).toMatchObject({
      how: 'parse',
      reason: 'needs a workflow run at the code host',
    })
  })
})

describe('the list of what is only parsed', () => {
  it('holds nothing that could run here', () => {
    // These come with the project's own environments or with every machine; none of them may be excused.
    const runnable =
      'make uv uvx python pip git bash sh curl stage pipeline demo serve registry airflow dvc mlflow wandb feast pytest ruff mypy tensorboard'
    expect(PARSED.filter(({ program }) => program !== undefined && runnable.split(' ').includes(program))).toEqual([])
    expect(
      PARSED.filter(
        ({ needs }) =>
          !/^an? (cloud account|cluster|container daemon|registry of images|account at|workflow run at)/.test(needs),
      ),
    ).toEqual([])
    for (const command of runnable.split(' ')) expect(plan(`${command} x`).plan[0]?.how).not.toBe('parse')
    for (const command of runnable.split(' ')) expect(plan(`uv run ${command} x`).plan[0]?.how).not.toBe('parse')
  })

  it('has a port for everything that is served', () => {
    expect(SERVERS.filter(({ ports }) => ports.length === 0)).toEqual([])
  })
})

describe('lines that make and dvc run', () => {
  const line = { file: 'Makefile', line: 1, text: 'uv run demo', recipe: true }
  it('only have to be seen to run, but are typed where a page says so', () => {
    expect(planCommands([line]).plan).toMatchObject([{ how: 'within' }])
    const typed = { file: 'docs/x.md', line: 7, text: 'uv run demo' }
    expect(planCommands([line, typed]).plan).toMatchObject([{ how: 'run', places: [{ line: 1 }, { line: 7 }] }])
  })

  it('of dvc have its variables filled in', () => {
    const dvc =
      'vars:\n  - run: {day: 2026-11-20}\nstages:\n  a:\n    cmd: stage a ${run.day}\n  b:\n    cmd: stage b ${no.such}\n'
    const found = dvcCommands(dvc)
    expect(found.commands[0]).toEqual({ line: 5, text: 'stage a 2026-11-20', recipe: true })
    expect(found.problems).toEqual([{ line: 7, reason: 'dvc.yaml gives no value for ${no.such}' }])
  })

  it('are left to another case only where there is such a case', () => {
    expect(plan('make test-dags').plan[0]).toMatchObject({ how: 'elsewhere' })
    expect(ELSEWHERE.filter((one) => !cases.some(({ name, slice }) => name === one.case && slice))).toEqual([])
  })
})
