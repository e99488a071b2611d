// Versions read back from files as they are generated, and what is said where two of them differ.
import { describe, expect, it } from 'vitest'
import { dependencyChanges } from '../../src/blueprint/dependencies.js'

const one = (path: string, text: string) => new Map([[path, text]])
const changes = (path: string, before: string, after: string) =>
  dependencyChanges(one(path, before), one(path, after)).map(({ kind, name, before: was, after: is }) => [
    kind,
    name,
    was,
    is,
  ])

describe('dependencies that changed', () => {
  it.each<[string, string, string, string, (string | null)[][]]>([
    [
      'a package, in each of its lists',
      'environments/x/pyproject.toml',
      '[project]\ndependencies = ["numpy==1.0", "pandas==2.0"]\n[dependency-groups]\nt = ["feast[aws]==3.0"]\n[build-system]\nrequires = ["hatchling==1"]',
      '[project]\ndependencies = ["numpy==1.1", "pandas==2.0"]\n[dependency-groups]\nt = ["feast[aws]==3.1"]\n[build-system]\nrequires = ["hatchling>=2"]',
      [
        ['package', 'feast', '3.0', '3.1'],
        ['package', 'hatchling', '1', '>=2'],
        ['package', 'numpy', '1.0', '1.1'],
      ],
    ],
    [
      'a provider and the program itself',
      'infrastructure/versions.tf',
      'terraform {\n required_version = ">= 1.9"\n required_providers {\n aws = {\n source = "hashicorp/aws"\n version = "~> 5.58"\n } } }',
      'terraform {\n required_version = ">= 1.10"\n required_providers {\n aws = {\n source = "hashicorp/aws"\n version = "~> 6.0"\n } } }',
      [
        ['provider', 'hashicorp/aws', '~> 5.58', '~> 6.0'],
        ['provider', 'terraform', '>= 1.9', '>= 1.10'],
      ],
    ],
    [
      'a chart in values, a dependency of a chart, an image in two parts',
      'deploy/values.yaml',
      'operators:\n  keda: {repository: https://x, chart: keda, version: 2.20.2}\ndependencies: [{name: redis, repository: https://y, version: 1.0.0}]\nimage: {repository: ghcr.io/x/y, tag: v1}\n',
      'operators:\n  keda: {repository: https://x, chart: keda, version: 2.21.0}\ndependencies: [{name: redis, repository: https://y, version: 1.1.0}]\nimage: {repository: ghcr.io/x/y, tag: v2}\n',
      [
        ['chart', 'keda', '2.20.2', '2.21.0'],
        ['chart', 'redis', '1.0.0', '1.1.0'],
        ['image', 'ghcr.io/x/y', 'v1', 'v2'],
      ],
    ],
    [
      'an image of a template that is no YAML yet',
      'deploy/templates/a.yaml',
      '{{ if .x }}\n  - image: docker.io/prom/exporter:v0.30.0\n{{ end }}',
      '{{ if .x }}\n  - image: docker.io/prom/exporter:v0.31.0\n{{ end }}',
      [['image', 'docker.io/prom/exporter', 'v0.30.0', 'v0.31.0']],
    ],
    [
      'the image that a Dockerfile builds on',
      'docker/serving.Dockerfile',
      'FROM ghcr.io/astral-sh/uv:0.13.8 AS uv\nFROM python:3.11-slim AS build\nCOPY --from=uv /uv /bin/\n',
      'FROM ghcr.io/astral-sh/uv:0.14.0 AS uv\nFROM python:3.11-slim AS build\nCOPY --from=uv /uv /bin/\n',
      [['image', 'ghcr.io/astral-sh/uv', '0.13.8', '0.14.0']],
    ],
    [
      'an action by the version behind its commit',
      '.github/workflows/ci.yaml',
      '      - uses: actions/checkout@3d3c42e # v7.0.1\n      - uses: ./.github/workflows/x.yaml\n',
      '      - uses: actions/checkout@aaaaaaa # v7.1.0\n      - uses: ./.github/workflows/x.yaml\n',
      [['action', 'actions/checkout', 'v7.0.1', 'v7.1.0']],
    ],
    ['nothing of a file of another kind', 'notes.md', 'image: a:1', 'image: a:2', []],
    ['nothing of a file that cannot be parsed', 'pyproject.toml', 'a = = 1', 'a = = 2', []],
  ])('%s', (_, path, before, after, expected) => {
    expect(changes(path, before, after)).toEqual(expected)
  })

  it('says what is new, what is gone, and where; not what only moved', () => {
    const toml = (...names: string[]) => `[project]\ndependencies = ${JSON.stringify(names)}`
    const before = new Map([
      ['a/pyproject.toml', toml('moved==1', 'old==1', 'both==1')],
      ['b/pyproject.toml', toml('both==1')],
    ])
    const after = new Map([
      ['a/pyproject.toml', toml('new==2', 'both==2')],
      ['b/pyproject.toml', toml('moved==1', 'both==2')],
    ])
    expect(dependencyChanges(before, after)).toEqual([
      { kind: 'package', name: 'both', before: '1', after: '2', files: ['a/pyproject.toml', 'b/pyproject.toml'] },
      { kind: 'package', name: 'new', before: null, after: '2', files: ['a/pyproject.toml'] },
      { kind: 'package', name: 'old', before: '1', after: null, files: ['a/pyproject.toml'] },
    ])
  })
})
