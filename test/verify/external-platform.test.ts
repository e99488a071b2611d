// The real tools, where they are installed, on what is right and on one fault each; without a tool, or without what it needs, `not run`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { checkExternal } from '../../src/verify/external.js'
import { PLATFORM_TOOLS } from '../../src/verify/external-platform.js'
import { emitted, lines } from './emitted.js'
import { fixtures } from './folder.js'

const cluster = fixtures('cluster')
const terraform = fixtures('terraform')
const toolchain = process.env.MLOPS_TOOLCHAIN
const folders = [...(process.env.PATH ?? '').split(':'), ...(toolchain === undefined ? [] : [join(toolchain, 'bin')])]
const installed = (program: string) => folders.some((folder) => existsSync(join(folder, program)))

const ROLLOUT = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: serving
spec:
  selector:
    matchLabels: { app: serving }
  template:
    metadata:
      labels: { app: serving }
    spec:
      containers:
        - name: serving
          image: registry.invalid/serving:1
  strategy:
    canary:
      steps:
        - setWeight: 20
`
const rollout = (text: string) => [emitted('deploy/rollout.yaml', text)]
const QUOTA = 'deploy/cluster/base/quota.yaml'

/** Right files, broken ones, and what is said of them. */
const CASES: Readonly<Record<string, readonly [() => EmittedFile[], () => EmittedFile[], string]>> = {
  'external/kustomize': [
    cluster.files,
    () => cluster.mutated('deploy/cluster/overlays/dev/kustomization.yaml', '../../base', '../../basis'),
    'deploy/cluster/overlays/dev/kustomization.yaml',
  ],
  'external/helm': [
    cluster.files,
    () => cluster.mutated('deploy/charts/serving/Chart.yaml', 'version:', 'versio:'),
    'deploy/charts/serving/Chart.yaml',
  ],
  'external/promtool-tests': [
    cluster.files,
    () => cluster.mutated('deploy/charts/monitoring/rules/serving.yaml', '> 0.01', '> 0.5'),
    'deploy/charts/monitoring/tests/serving.test.yaml',
  ],
  'external/rollouts': [
    () => rollout(ROLLOUT),
    () => rollout(ROLLOUT.replace('setWeight: 20', 'setWeight: 120')),
    'deploy/rollout.yaml',
  ],
  'external/kubeconform': [cluster.files, () => cluster.mutated(QUOTA, 'spec:', 'specs:'), QUOTA],
  'external/tofu-validate': [
    terraform.files,
    () => terraform.mutated('modules/store/main.tf', '  tags     =', '  tag      ='),
    'modules/store/main.tf:10',
  ],
}

const run = (check: string, files: readonly EmittedFile[], env: NodeJS.ProcessEnv = process.env) =>
  checkExternal(
    { files, env, ...(toolchain === undefined || env !== process.env ? {} : { toolchain }) },
    PLATFORM_TOOLS.filter((tool) => tool.check === check),
  )

describe('external tools for a platform', () => {
  it('each have a right and a broken case', () =>
    expect(Object.keys(CASES).toSorted()).toEqual(PLATFORM_TOOLS.map(({ check }) => check).toSorted()))

  it.each(PLATFORM_TOOLS)('$check', { timeout: 120_000 }, async ({ check, program, cannot }) => {
    const [right, broken, place] = CASES[check] ?? [() => [], () => [], '']
    const results = await run(check, right())
    expect(results.length).toBeGreaterThan(0)
    expect(lines(results)).toEqual([])
    const hindered = cannot?.({ env: process.env, toolchain })
    if (!installed(program) || hindered !== undefined) {
      for (const one of results)
        expect(one).toMatchObject({
          status: 'not run',
          reason: installed(program) ? hindered : expect.stringContaining(`${program} is not installed; `),
        })
      return
    }
    expect(lines(results, 'not run')).toEqual([])
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['pass']))
    const refused = await run(check, broken())
    expect(lines(refused).join('\n')).toContain(`${check} ${place}`)
    expect(refused).toContainEqual(
      expect.objectContaining({ status: 'fail', tool: program, version: expect.stringMatching(/./) }),
    )
  })

  it('are asked for the tests of rules only where L2 is', async () => {
    const subject = { files: cluster.files(), env: { PATH: '' } }
    const asked = (await checkExternal({ ...subject, level: 'L1' }, PLATFORM_TOOLS)).map(({ check }) => check)
    expect(asked).toContain('external/helm')
    expect(asked).not.toContain('external/promtool-tests')
    const above = (await checkExternal({ ...subject, level: 'L2' }, PLATFORM_TOOLS)).map(({ check }) => check)
    expect(above).toContain('external/promtool-tests')
  })

  it('pass nothing where what a tool needs is not there', async () => {
    const bare = { PATH: [process.env.PATH, toolchain === undefined ? '' : join(toolchain, 'bin')].join(':') }
    for (const check of ['external/kubeconform', 'external/tofu-validate']) {
      const results = await run(check, (CASES[check] ?? [cluster.files])[0](), bare)
      expect(results.length).toBeGreaterThan(0)
      for (const one of results) expect(one.status).toBe('not run')
    }
  })
})
