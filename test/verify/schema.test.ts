import { describe, expect, it } from 'vitest'
import { schemaCheck } from '../../src/verify/schema.js'
import { emitted, lines } from './emitted.js'

const PYPROJECT = `[build-system]
requires = ["hatchling==1.27.0"]
build-backend = "hatchling.build"

[project]
name = "churn"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["pandas==2.3.3"]

[project.scripts]
stage = "churn.cli:main"

[dependency-groups]
checks = ["pytest==9.0.1"]

[tool.uv]
package = true

[tool.mypy]
strict = true

[tool.pytest.ini_options]
testpaths = ["tests"]
`
const DVC =
  'stages:\n  train:\n    cmd: uv run stage train\n    deps:\n      - data/features.parquet\n    outs:\n      - models/model.joblib:\n          cache: true\n'
const PRE_COMMIT =
  'repos:\n  - repo: local\n    hooks:\n      - id: ruff\n        name: ruff\n        entry: uv run ruff check\n        language: system\n        types: [python]\n'
const OPENAPI = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  paths: { '/predict': { post: { responses: { 200: { description: 'Scores.' } } } } },
})
const SETTINGS = JSON.stringify({
  type: 'object',
  properties: { environment: { enum: ['dev', 'prod'] }, seed: { type: 'integer' }, model: { $ref: '#/$defs/Model' } },
  required: ['environment', 'seed', 'model'],
  additionalProperties: false,
  $defs: {
    Model: {
      type: 'object',
      properties: { depth: { type: 'integer', minimum: 1 } },
      required: ['depth'],
      additionalProperties: false,
    },
  },
})
const settings = emitted('conf/settings.schema.json', `${SETTINGS}\n`)
const DEV = 'environment: dev\nseed: 7\nmodel:\n  depth: 3\n'

async function run(path: string, content: string, more = [settings]) {
  const file = emitted(path, content)
  return schemaCheck.run([file], [file, ...more])
}

describe('schema/json-schema', () => {
  it.each([
    ['pyproject.toml', PYPROJECT],
    ['dvc.yaml', DVC],
    ['.pre-commit-config.yaml', PRE_COMMIT],
    ['conf/settings.schema.json', SETTINGS],
    ['conf/dev.yaml', DEV],
    ['openapi/prediction.json', OPENAPI],
  ])('accepts a right %s', async (path, content) => {
    expect(await run(path, content)).toMatchObject([{ status: 'pass', level: 'L1', tool: '@cfworker/json-schema' }])
  })

  it.each([
    ['pyproject.toml', PYPROJECT.replace('dependencies = [', 'dependancies = ['), 9, 'dependancies'],
    ['pyproject.toml', PYPROJECT.replace('["pytest==9.0.1"]', '"pytest==9.0.1"'), 15, 'checks'],
    ['pyproject.toml', PYPROJECT.replace('package = true', 'pakage = true'), 18, 'pakage'],
    ['pyproject.toml', PYPROJECT.replace('strict = true', 'strict = "yes"'), 21, 'strict'],
    ['dvc.yaml', DVC.replace('cmd:', 'command:'), 3, 'command'],
    ['dvc.yaml', DVC.replace('cache: true', 'cahce: true'), 8, 'cahce'],
    ['.pre-commit-config.yaml', PRE_COMMIT.replace('        entry: uv run ruff check\n', ''), 4, 'entry'],
    ['.pre-commit-config.yaml', PRE_COMMIT.replace('[python]', 'python'), 8, 'types'],
    ['conf/settings.schema.json', SETTINGS.replace('"integer"', '"int"'), 1, 'seed'],
    ['openapi/prediction.json', OPENAPI.replace('"responses"', '"responsess"'), 1, 'paths'],
    ['openapi/prediction.json', OPENAPI.replace('"Scores."', '3'), 1, 'paths'],
    ['openapi/prediction.json', OPENAPI.replace('"title"', '"name"'), 1, 'info'],
    ['conf/dev.yaml', DEV.replace('depth: 3', 'depth: 0'), 4, 'model.depth'],
    ['conf/dev.yaml', DEV.replace('seed', 'sed'), 2, 'sed'],
    [
      'contract.yaml',
      'version: 1\nproject: churn\nslos:\n  latency: {owner: serving, value: fast, unit: ms, description: d}\n',
      4,
      'slos.latency.value',
    ],
  ])('finds the fault in %s (case %#)', async (path, content, line, word) => {
    const [first] = await run(path, content)
    expect(first).toMatchObject({ status: 'fail', file: path, line, reason: expect.stringContaining(word) })
  })

  it('takes a schema that the file names, and fails when it is not there', async () => {
    const content = '# yaml-language-server: $schema=./shape.json\na: x\n'
    const shape = emitted('conf/shape.json', '{"properties": {"a": {"type": "integer"}}}')
    expect(lines(await run('conf/x.yaml', content, [shape]))).toEqual([expect.stringContaining('conf/x.yaml:2 a: ')])
    expect(lines(await run('conf/x.yaml', content, []))).toEqual([expect.stringContaining('does not contain')])
  })

  it('reads an environment over base.yaml', async () => {
    const base = emitted('conf/base.yaml', 'seed: 7\nmodel:\n  depth: 3\n')
    expect(lines(await run('conf/dev.yaml', 'environment: dev\n', [settings, base]))).toEqual([])
    expect(lines(await run('conf/dev.yaml', 'environment: dev\n', [settings]))).not.toEqual([])
    expect(lines(await run('conf/base.yaml', base.content, [settings]))).toEqual([])
  })

  it('is "not run", never a pass, where no schema is known', async () => {
    expect(await run('other/x.yaml', 'a: 1\n')).toMatchObject([{ status: 'not run', version: '' }])
  })

  it('fails on a data file that does not parse', async () => {
    expect(await run('dvc.yaml', 'a: [\n')).toMatchObject([{ status: 'fail' }])
  })
})
