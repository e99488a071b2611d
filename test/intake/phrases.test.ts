import { describe, expect, it } from 'vitest'
import { findDenied, findPhrases } from '../../src/intake/phrases.js'
import { quoteOf } from '../../src/intake/reading.js'
import { read } from './given.js'

const found = (text: string, ...phrases: string[]): string[] => {
  const reading = read(text)
  return findPhrases(reading, phrases).map((match) => quoteOf(reading, match))
}

describe('findPhrases', () => {
  it.each([
    ['We use MLflow.', 'mlflow', ['MLflow']],
    ["MLflow's server", 'mlflow', ["MLflow's"]],
    ['in real-time, Real Time or realtime', 'real time', ['real-time', 'Real Time', 'realtime']],
    ['several APIs', 'api', ['APIs']],
    ['a capital rapidly', 'api', []],
    ['churning and churned', 'churn*', ['churning', 'churned']],
    ['W&B please', 'w&b', ['W&B']],
    ['files at s3://bucket/x', 's3', ['s3']],
    ['the S35 model', 's3', []],
  ])('%j has %j as %j', (text, phrase, expected) => expect(found(text, phrase)).toEqual(expected))
})

describe('denial', () => {
  it.each([
    ['No API is needed.', 'api'],
    ['We do not use Kafka.', 'kafka'],
    ["We don't want Kafka", 'kafka'],
    ['We do not use Airflow, Kafka or Spark.', 'kafka'],
    ['We do not use Airflow or Kafka.', 'kafka'],
    ['An API is not needed.', 'api'],
    ["An API isn't required", 'api'],
    ['Not MLflow either.', 'mlflow'],
    ['not MLflow, but wandb', 'mlflow'],
    ['Use wandb instead of MLflow.', 'mlflow'],
    ['We are moving away from Airflow.', 'airflow'],
    ['Without any API', 'api'],
    ['neither Kafka nor Kinesis', 'kinesis'],
    ['nothing is needed in real time', 'real time'],
    ['HIPAA does not apply', 'hipaa'],
    ['photos we do not want to use', 'photo'],
    ['Kein API nötig.', 'api'],
    ['Wir nutzen kein Kafka.', 'kafka'],
    ['Sin API.', 'api'],
    ['A REST API is out of scope.', 'api'],
  ])('%j rules out %j', (text, phrase) => {
    expect(found(text, phrase)).toEqual([])
    expect(findDenied(read(text), [phrase])).toHaveLength(1)
  })

  it.each([
    ['no later than the API answers', 'api'],
    ['Not only a list but also an API', 'api'],
    ['not MLflow, but wandb', 'wandb'],
    ['No list, just an API.', 'api'],
    ['No API needed, ranked list every Monday', 'ranked list'],
    ['Use wandb instead of MLflow.', 'wandb'],
    ['We have no data team, so we use Airflow.', 'airflow'],
    ['Kafka is not slow; the API is.', 'api'],
    ['We do not know much. We use Kafka.', 'kafka'],
    ['Moving from Airflow to Dagster', 'dagster'],
    ["We don't use MLflow, wandb is what we use", 'wandb'],
  ])('%j asks for %j', (text, phrase) => expect(found(text, phrase)).toHaveLength(1))
})
