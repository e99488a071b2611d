// The engine knows nothing of machine learning, one word has one meaning, and what a model or a user is to read lies in files
// of its own. Each rule is shown to catch what it forbids.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const ENGINE = ['run', 'agent', 'workflow', 'prompt', 'workspace', 'record', 'provider', 'tool']
const DOMAIN_WORDS =
  /\b(machine learning|ml|models? training|training|trained|hyperparameters?|datasets?|features?|features? store|inference|drift|mlflow|wandb|neptune|clearml|feast|tecton|databricks|kserve|seldon|torchserve|triton|kubeflow|airflow|prefect|dagster|kubernetes|terraform|prometheus|grafana|champion|challenger|churn|classification|regression|forecasting|sklearn|optuna|mlops)\b/i
/** Names of the product itself are no knowledge, nor is what git calls a feature of its import stream. */
const OWN_NAMES = /mlops-agents|ml-pipeline|MLOPS_TOOLCHAIN|feature (done|get-mark)\b/g

/** Words of the glossary's last line, as names in code. */
const FORBIDDEN_NAMES = /\b\w*(?:step|handoff|orchestrator|manager|service|helper|utils?|crew)s?\b/i

interface Line {
  readonly file: string
  readonly number: number
  readonly text: string
}

function linesOf(folder: string): Line[] {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && name.startsWith(folder),
  )
  return names.flatMap((name) =>
    readFileSync(`src/${name}`, 'utf8')
      .split('\n')
      .map((text, i) => ({ file: `src/${name}`, number: i + 1, text })),
  )
}
const show = ({ file, number, text }: Line): string => `${file}:${number}: ${text.trim()}`

describe('the engine', () => {
  it.each(ENGINE)('src/%s has no word of machine learning', (folder) => {
    const found = linesOf(`${folder}/`).filter(({ text }) => DOMAIN_WORDS.test(text.replace(OWN_NAMES, '')))
    expect(found.map(show)).toEqual([])
  })
  it.each(['const training = 1', '// like kserve', "if (id === 'features') {", 'a machine learning platform'])(
    'would be caught with %j',
    (text) => {
      expect(DOMAIN_WORDS.test(text.replace(OWN_NAMES, ''))).toBe(true)
    },
  )
  it.each(["join('.mlops-agents', 'lock')", "'ml-pipeline'", 'a html page'])('may say %j', (text) => {
    expect(DOMAIN_WORDS.test(text.replace(OWN_NAMES, ''))).toBe(false)
  })
})

/** Names that a line declares: constants, functions, types, properties of interfaces. */
const declared = (text: string): string[] =>
  [
    ...text.matchAll(
      /\b(?:const|let|function|class|interface|type|enum)\s+([A-Za-z_$][\w$]*)|^\s*(?:readonly\s+)?([A-Za-z_$][\w$]*)\??:\s/g,
    ),
  ].map(([, first, second]) => first ?? second ?? '')
/** `camelCase` is several words. */
const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ')

describe('names', () => {
  it('use no word that the glossary rules out', () => {
    const found = linesOf('').filter(({ text }) =>
      declared(text).some((name) => FORBIDDEN_NAMES.test(words(name)) && !ALLOWED.has(name)),
    )
    expect(found.map(show)).toEqual([])
  })
  it('are not those of files or folders either', () => {
    const names = readdirSync('src', { recursive: true, encoding: 'utf8' })
    expect(
      names.filter((name) =>
        /(^|[/-])(utils?|helpers?|common|misc|manager|service|handoff|crew|step)s?(\.ts)?$/.test(name),
      ),
    ).toEqual([])
  })
  it.each([
    'const nextStep = 1',
    'class RunManager {',
    'function handoff() {',
    'interface TaskService {',
    '  readonly orchestrator: string',
  ])('would be caught in %j', (text) => {
    expect(declared(text).some((name) => FORBIDDEN_NAMES.test(words(name)))).toBe(true)
  })
})

/** Words of formats that are not ours to name: steps of a forecast, services of a proto file, a Service of Kubernetes, Alertmanager. */
const ALLOWED = new Set([
  ...['steps', 'services', 'alertmanager'],
  ...['Service', 'VirtualService', 'virtualService', 'serviceSeam', 'knownServices'],
])

/** A sentence addressed to a model: a role, or an order to write. */
const PROMPT_SENTENCE =
  /\b(you are (a|an|the)\b|your (role|task|answer|job) (is|must)|respond (only )?with|write the (file|code)|do not (include|output|explain)\b)/i
/** The opening of a file of some other kind. */
const FILE_CONTENT =
  /^\s*(apiVersion: |FROM \w+|resource "|import (pandas|numpy|mlflow)|from \w+ import |def \w+\(|#!\/)/

describe('content', () => {
  it('for models does not lie in code', () => {
    expect(
      linesOf('')
        .filter(({ text }) => PROMPT_SENTENCE.test(text))
        .map(show),
    ).toEqual([])
  })
  it('of generated files does not lie in code', () => {
    const found = linesOf('').filter(
      ({ text, file, number }) => FILE_CONTENT.test(text) && !(file === 'src/cli.ts' && number === 1),
    )
    expect(found.map(show)).toEqual([])
  })
  it.each(["const p = 'You are a data engineer'", '`Respond only with JSON`', 'Write the file now'])(
    'would be caught with %j',
    (text) => {
      expect(PROMPT_SENTENCE.test(text)).toBe(true)
    },
  )
  it.each(['apiVersion: v1', 'FROM python:3.11', 'resource "aws_s3_bucket" "x" {', 'def train(x):'])(
    'would be caught with %j',
    (text) => {
      expect(FILE_CONTENT.test(text)).toBe(true)
    },
  )
})
