import { describe, expect, it } from 'vitest'
import { readOptions, readTools } from '../../src/intake/options.js'
import { KNOWLEDGE, read } from './given.js'

const none = { latency: undefined, schedule: undefined, deadline: undefined }
const options = (text: string) => readOptions(read(text), KNOWLEDGE, none)
const value = (text: string, name: string) => options(text).options[name]?.value

describe('readOptions', () => {
  it.each([
    ['We use MLflow.', 'experiment_tracking', 'mlflow'],
    ['Weights & Biases is our standard', 'experiment_tracking', 'wandb'],
    ['not MLflow, but wandb', 'experiment_tracking', 'wandb'],
    ['S3 holds everything', 'cloud_provider', 'aws'],
    ['tables in BigQuery', 'cloud_provider', 'gcp'],
    ['Azure Blob Storage', 'cloud_provider', 'azure'],
    ['tables in BigQuery, but everything else runs on AWS', 'cloud_provider', 'aws'],
    ['Use Vertex AI? No, we are AWS only.', 'cloud_provider', 'aws'],
    ['we run on several clouds', 'cloud_provider', 'multi-cloud'],
    ['moving from Airflow to Dagster', 'orchestration', 'dagster'],
    ['Grafana dashboards', 'monitoring_stack', 'prometheus'],
    ['New Relic is our monitoring', 'monitoring_stack', 'newrelic'],
    ['own feature store', 'feature_store', 'custom'],
    ['Triton on GPUs', 'serving_platform', 'triton'],
  ])('%j: %s is %s, as stated', (text, name, expected) => {
    const choice = options(text).options[name]
    expect([choice?.value, choice?.origin]).toEqual([expected, 'stated'])
    expect(text).toContain(choice?.quote)
  })

  it.each([
    ['a ranked list and an API', 'hybrid'],
    ['an API for the call centre', 'realtime'],
    ['a REST endpoint, no list', 'realtime'],
    ['a weekly list, no API needed', 'batch'],
    ['a ranked list every Monday', 'batch'],
    ['score events in a stream', 'streaming'],
    ['hybrid: batch and real time', 'hybrid'],
    ['films for a streaming service', 'realtime'],
    ['eine Liste, kein API', 'batch'],
  ])('%j is served %s', (text, expected) => expect(value(text, 'deployment_mode')).toBe(expected))

  it('takes the default where nothing is said', () => {
    for (const [name, choice] of Object.entries(options('nothing of the kind').options))
      expect([name, choice.value, choice.origin]).toEqual([name, KNOWLEDGE.options[name]?.default, 'assumed'])
  })

  it('reports two trackers', () => {
    const expected = [
      {
        field: 'options.experiment_tracking',
        taken: 'mlflow',
        statements: [{ value: 'mlflow' }, { value: 'clearml' }],
      },
    ]
    expect(options('We use MLflow. We use ClearML.').conflicts).toMatchObject(expected)
    expect(options('We use MLflow. Experiments are tracked with ClearML.').conflicts).toMatchObject(expected)
  })

  it.each([
    'We use MLflow, and the other team has ClearML.',
    'We use MLflow. We migrate away from ClearML.',
    'We use MLflow. We use MLflow for everything.',
  ])('sees no second tracker in: %s', (text) => expect(options(text).conflicts).toEqual([]))

  it('reports a time to answer beside the denial of an endpoint, and quotes the denial', () => {
    const text = 'There is no API. Answers within 50 ms.'
    const latency = { start: 32, end: 37, milliseconds: 50 }
    const [conflict] = readOptions(read(text), KNOWLEDGE, { ...none, latency }).conflicts
    expect(conflict?.statements.map(({ start, end, value }) => [text.slice(start, end), value])).toEqual([
      ['no API', 'batch'],
      ['50 ms', 'realtime'],
    ])
  })

  it('lets a batch run end within seconds', () => {
    const latency = { start: 32, end: 37, milliseconds: 40_000 }
    expect(
      readOptions(read('There is no API. It ends within 40 s.'), KNOWLEDGE, { ...none, latency }).conflicts,
    ).toEqual([])
  })

  it('reports batch only beside an API', () => {
    const found = options('Batch only. The shop calls an API.')
    expect(found.options.deployment_mode?.value).toBe('hybrid')
    expect(found.conflicts).toMatchObject([
      { taken: 'hybrid', statements: [{ value: 'batch' }, { value: 'realtime' }] },
    ])
  })

  it('understands a schedule or a latency without the name of a mode', () => {
    const reading = read('scores each night; answer in 100 ms')
    const hints = { ...none, schedule: { start: 7, end: 17 } }
    expect(readOptions(reading, KNOWLEDGE, hints).options.deployment_mode?.value).toBe('batch')
    expect(
      readOptions(reading, KNOWLEDGE, { ...none, latency: { start: 29, end: 35, milliseconds: 100 } }).options
        .deployment_mode?.value,
    ).toBe('realtime')
  })

  it('knows nothing that is not in the knowledge: a new value is data', () => {
    const orchestration = {
      default: 'airflow',
      values: { flyte: { built: true, recognise: ['flyte'], advisories: [] } },
    }
    expect(
      readOptions(read('Flyte runs our jobs'), { ...KNOWLEDGE, options: { orchestration } }, none).options.orchestration
        ?.value,
    ).toBe('flyte')
  })
})

it('lists each tool once, without those that are ruled out', () => {
  expect(readTools(read('Terraform, Slack and S3; S3 again. No Kafka.'), KNOWLEDGE).map(({ name }) => name)).toEqual([
    'terraform',
    'slack',
    's3',
  ])
})
