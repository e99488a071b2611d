// The knowledge that the intake tests work with: the real vocabulary and domains, and the options as the workflow offers them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { composeKnowledge, type Knowledge, loadVocabulary } from '../../src/intake/knowledge.js'
import { type Reading, readText } from '../../src/intake/reading.js'

const OPTIONS = {
  experiment_tracking: { default: 'mlflow', values: ['mlflow', 'wandb', 'neptune', 'clearml'] },
  feature_store: { default: 'feast', values: ['feast', 'tecton', 'databricks', 'custom'] },
  serving_platform: { default: 'kserve', values: ['kserve', 'seldon', 'torchserve', 'triton'] },
  orchestration: { default: 'airflow', values: ['kubeflow', 'airflow', 'prefect', 'dagster'] },
  cloud_provider: { default: 'aws', values: ['aws', 'azure', 'gcp', 'multi-cloud'] },
  deployment_mode: { default: 'realtime', values: ['realtime', 'batch', 'streaming', 'hybrid'] },
  monitoring_stack: { default: 'prometheus', values: ['prometheus', 'datadog', 'newrelic', 'custom'] },
}
const BUILT = [
  'experiment_tracking/mlflow',
  'experiment_tracking/wandb',
  'feature_store/feast',
  'feature_store/custom',
  'serving_platform/kserve',
  'orchestration/airflow',
  'cloud_provider/aws',
  'deployment_mode/realtime',
  'deployment_mode/batch',
  'monitoring_stack/prometheus',
  'task/tabular-classification',
]

const loaded = await loadVocabulary('blueprints')

export const DOMAINS = loaded.domains
export const VOCABULARY = loaded.vocabulary

export const knowledgeWith = (advisories: Readonly<Record<string, { date: string; text: string }[]>> = {}): Knowledge =>
  composeKnowledge({
    options: OPTIONS,
    maturity: 5,
    components: new Map(BUILT.map((name) => [name, { recognise: [], advisories: advisories[name] ?? [] }])),
    composed: new Set(['deployment_mode/hybrid']),
    vocabulary: VOCABULARY,
    domains: DOMAINS,
  })

export const KNOWLEDGE = knowledgeWith()

export const domainNamed = (name: string) => {
  const domain = DOMAINS.find((one) => one.name === name)
  if (!domain) throw new Error(`no domain ${name}`)
  return domain
}

export const read = (text: string): Reading => readText(text)

/** Texts of a folder by name, without their ending. */
export const textsIn = (folder: string): [string, string][] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => [file.replace(/\.txt$/, ''), readFileSync(join(folder, file), 'utf8')])
