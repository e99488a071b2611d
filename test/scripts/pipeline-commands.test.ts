// What becomes of the commands that the orchestrator starts; pods cannot run here, so they must say what processes say.
import { expect, it } from 'vitest'
import { cases } from '../../scripts/acceptance-cases.mjs'
import { pipelineCommands, WHOLE_RUN } from '../../scripts/pipeline-commands.mjs'

const SCRIPTS = new Set(['stage'])
const process = (dag: string, ...words: string[]) => ({
  dag,
  task: words[0] ?? '',
  file: `dags/${dag}.py`,
  pod: false,
  words: ['uv', 'run', '--locked', 'stage', ...words],
})
const pod = (...words: string[]) => ({ dag: 'scoring', task: 'x', file: 'dags/scoring.py', words, pod: true })

it('runs a command with the macros filled in, once, and leaves the training pipeline to its own case', () => {
  const { plan, problems } = pipelineCommands(
    [
      process('training', 'ingest', '--environment', 'local'),
      process('scoring', 'ingest', '--environment', 'local'),
      process('scoring', 'score', '--as-of', '{{as_of(dag_run)}}'),
      process('scoring', 'score', '--as-of', '{{as_of(dag_run)}}'),
    ],
    SCRIPTS,
  )
  expect(problems).toEqual([])
  expect(plan.map(({ how, text, places }) => [how, text, places.length])).toEqual([
    ['elsewhere', 'uv run --locked stage ingest --environment local', 2],
    ['run', 'uv run --locked stage score --as-of 2026-11-20', 2],
  ])
  expect(cases.find(({ name }) => name === WHOLE_RUN.case)).toMatchObject({ slice: true })
})

it('takes a pod that starts what a process starts, in its own environment', () => {
  const tasks = [process('scoring', 'score', '--environment', 'local'), pod('stage', 'score', '--environment', 'prod')]
  expect(pipelineCommands(tasks, SCRIPTS)).toMatchObject({ problems: [], plan: [{ how: 'run' }, { how: 'parse' }] })
})

it('finds pods and macros that nothing has tried', () => {
  const tasks = [
    process('scoring', 'score', '--environment', 'local'),
    pod('stage', 'scores', '--environment', 'prod'),
    pod('stages', 'score', '--environment', 'prod'),
    process('scoring', 'score', '--as-of', '{{ds}}'),
  ]
  expect(pipelineCommands(tasks, SCRIPTS).problems.map(({ reason }) => reason)).toEqual([
    "the pod's stage scores --environment prod is started as a process by no task, so it was never tried",
    'stages is no program of the project',
    'uv run --locked stage score --as-of {{ds}}: nothing says what stands for {{ds}}',
  ])
})
