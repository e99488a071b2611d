// A product whose own data files do not hold together refuses to start, with the file and the place, before anything is written.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHURN, edit, mlops, productCopy, read, restore, scratch, write } from './product.js'

const WORKFLOW = 'workflows/ml-pipeline.yaml'

let root = ''
beforeAll(() => {
  root = productCopy()
})

/** Runs design with a damaged copy of the product, and puts the copy right again. */
async function refused(damage: () => readonly string[]): Promise<string> {
  const cwd = scratch()
  const damaged = damage()
  const ended = await mlops(['design', '--requirements-file', CHURN, '--workspace', 'churn'], { cwd, root })
  restore(root, damaged)
  expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^error: /)
  expect(existsSync(join(cwd, 'churn'))).toBe(false)
  return ended.stderr
}

const replaced = (path: string, from: string | RegExp, to: string) => () => {
  edit(root, path, from, to)
  return [path]
}
const written = (path: string, content: string) => () => {
  write(root, path, content)
  return [path]
}

describe('a workflow', () => {
  it.each([
    [
      'an unknown agent',
      'agent: ml-engineer',
      'agent: ml-enginer',
      /ml-pipeline\.yaml:\d+:\d+: unknown agent ml-enginer: expected agents\/ml-enginer\.md; did you mean ml-engineer\?/,
    ],
    [
      'an unknown deliverable',
      'deliverables: [ingestion, features]',
      'deliverables: [ingestion, feature]',
      /:\d+:\d+: model-requirements reads unknown deliverable feature; did you mean features\?/,
    ],
    [
      'an unknown option',
      'options: [deployment_mode]',
      'options: [deployment_modes]',
      /:\d+:\d+: .* reads unknown option deployment_modes; did you mean deployment_mode\?/,
    ],
    [
      'a spec field that does not exist',
      'spec: [task, target]',
      'spec: [task, targets]',
      /:\d+:\d+: .* reads targets, which the spec does not have/,
    ],
    [
      'a contract section that does not exist',
      'contract: [datasets, slos]',
      'contract: [datasets, slo]',
      /:\d+:\d+: .* reads slo, which is no section of the contract/,
    ],
    [
      'agents that use each other',
      'uses: [requirements]',
      'uses: [requirements, data-scientist]',
      /:\d+:\d+: cycle: data-engineer uses data-scientist uses data-engineer/,
    ],
    [
      'deliverables that read each other',
      'contract: [datasets, features]\n              options: [feature_store, deployment_mode]\n              deliverables: [ingestion, data-quality, storage]',
      'contract: [datasets, features]\n              deliverables: [model-requirements]',
      /:\d+:\d+: cycle: features reads model-requirements reads features/,
    ],
    [
      'a key that it does not know',
      'title: Source audit and ingestion',
      'titel: Source audit and ingestion',
      /:\d+:\d+: phases\.0\.agents\.0\.deliverables\.0\.title: /,
    ],
  ] as const)('naming %s is refused at its line', async (_, from, to, message) => {
    expect(await refused(replaced(WORKFLOW, from, to))).toMatch(message)
  })

  it('with YAML that does not parse is refused at its line', async () => {
    expect(await refused(written(WORKFLOW, 'name: x\n  options: [\n'))).toMatch(/ml-pipeline\.yaml:\d+:\d+: /)
  })

  it('whose agent has no prompt is refused', async () => {
    const message = await refused(() => {
      edit(root, WORKFLOW, 'agent: ml-engineer', 'agent: tuner')
      write(root, 'agents/tuner.md', read(root, 'agents/ml-engineer.md').replace('name: ml-engineer', 'name: tuner'))
      return [WORKFLOW, 'agents/tuner.md']
    })
    expect(message).toMatch(/:\d+:\d+: no prompt for tuner: expected prompts\/tuner\.hbs/)
  })

  it('whose agent reads what it does not declare is refused', async () => {
    const message = await refused(replaced(WORKFLOW, 'uses: [mlops-engineer]', 'uses: [requirements]'))
    expect(message).toMatch(
      /:\d+:\d+: workloads reads serving of mlops-engineer, which kubernetes-architect does not use; add it to uses/,
    )
  })
})

describe('a prompt', () => {
  it.each([
    [
      'a variable that the context does not have',
      '{{spec.entity.plurals}}',
      /data-engineer\.hbs:\d+:\d+: \{\{spec\.entity\.plurals\}\} does not exist in the context: no plurals in spec\.entity; expected one of .*plural/,
    ],
    [
      'a silent block over such a variable',
      '{{#if spec.nothing}}x{{/if}}',
      /data-engineer\.hbs:\d+:\d+: \{\{spec\.nothing\}\} does not exist/,
    ],
    [
      'the output of an agent that it does not use',
      '{{phase2.ml-engineer.output}}',
      /data-engineer\.hbs:\d+:\d+: .*does not exist in the context: no phase2/,
    ],
    ['a partial that is not there', '{{> nowhere}}', /data-engineer\.hbs:\d+:\d+: unknown partial nowhere/],
    ['a block that is not closed', '{{#if maturity}}', /data-engineer\.hbs:\d+: not a valid template/],
  ] as const)('with %s is refused at its line', async (_, text, message) => {
    const path = 'prompts/data-engineer.hbs'
    expect(await refused(written(path, `${read(root, path)}${text}\n`))).toMatch(message)
  })
})

describe('blueprints', () => {
  const MLFLOW = 'blueprints/experiment_tracking/mlflow'
  const manifest = `${MLFLOW}/deliverables/tracking.yaml`

  it('of which two write one path are refused with both names', async () => {
    const taken = 'files/pyproject.toml'
    const message = await refused(() => {
      write(root, `${MLFLOW}/${taken}`, 'x = 1\n')
      edit(root, manifest, /^files:\n/m, 'files:\n  - path: pyproject.toml\n')
      return [manifest, `${MLFLOW}/${taken}`]
    })
    expect(message).toMatch(/blueprints\/\S+\.yaml: writes pyproject\.toml, which blueprints\/\S+\.yaml writes too/)
    expect(message).toContain(manifest)
  })

  it('whose fragments disagree are refused with both names, the key and the values', async () => {
    const message = await refused(() => {
      edit(
        root,
        manifest,
        /^fragments:\n/m,
        'fragments:\n  - into: pyproject.toml\n    value: { project: { requires-python: ">=3.99" } }\n',
      )
      return [manifest]
    })
    expect(message).toMatch(
      /tracking\.yaml: project\.requires-python of pyproject\.toml is ".*" by blueprints\/\S+ and ">=3\.99" here; equal keys need equal values/,
    )
  })

  it('with a file that no manifest lists, or a listed one that is not there, are refused', async () => {
    expect(await refused(written(`${MLFLOW}/files/stray.py`, 'x = 1\n'))).toMatch(
      /mlflow\/files\/stray\.py: no manifest below deliverables\/ lists this file; list it or delete it/,
    )
    expect(await refused(replaced(manifest, /^files:\n/m, 'files:\n  - path: gone.py\n'))).toMatch(
      /mlflow\/deliverables\/tracking\.yaml: lists gone\.py, but there is no files\/gone\.py\[\.hbs\] beside it/,
    )
  })

  it('with a template that reads what it does not declare are refused', async () => {
    const message = await refused(() => {
      write(root, `${MLFLOW}/files/note.md.hbs`, '{{spec.title}}\n')
      edit(root, manifest, /^files:\n/m, 'files:\n  - path: note.md\n')
      return [manifest, `${MLFLOW}/files/note.md.hbs`]
    })
    expect(message).toMatch(/note\.md\.hbs.*(spec|title)/)
    expect(message).toMatch(/declare|reads/)
  })
})
