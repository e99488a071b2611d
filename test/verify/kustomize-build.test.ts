// Overlays are built by Kustomize's own code: the design of fixtures/cluster as it is, and faults that only a build can see.
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { EmittedFile } from '../../src/types.js'
import { kindOf } from '../../src/verify/kinds.js'
import { kustomizeBuildCheck } from '../../src/verify/kustomize-build.js'
import { askValidator, stopValidators } from '../../src/verify/validators.js'
import { lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated, withFile } = fixtures('cluster')
const BASE = 'deploy/cluster/base/kustomization.yaml'
const DEV = 'deploy/cluster/overlays/dev/kustomization.yaml'
const TARGETED = 'path: quota.yaml\n    target:\n      kind: ResourceQuota\n      name: serving'
const OF_NOTHING = "patch: '{apiVersion: v1, kind: ResourceQuota, metadata: {name: none}}'"
const run = (some: readonly EmittedFile[]) =>
  kustomizeBuildCheck.run(
    some.filter((file) => kindOf(file) === 'kustomization'),
    some,
  )

afterAll(stopValidators)

describe('kustomize/build', () => {
  it('builds what is right, and holds what is built to the schemas', async () => {
    const results = await run(files())
    expect(lines(results)).toEqual([])
    for (const check of ['kustomize/build', 'kustomize/kubernetes'])
      expect(results.filter((one) => one.check === check && one.file === DEV)).toMatchObject([
        { level: 'L1', status: 'pass', version: expect.stringMatching(/^\d/) },
      ])
  })

  it.each<[string, () => EmittedFile[], string, string]>([
    ['a base that is not there', () => mutated(DEV, '../../base', '../../basis'), `kustomize/build ${DEV}`, 'basis'],
    ['a patch of nothing', () => mutated(DEV, TARGETED, OF_NOTHING), DEV, 'no resource matches'],
    ['an unknown key', () => mutated(DEV, 'resources:', 'resource:'), DEV, 'unknown field "resource"'],
    [
      'the same object twice',
      () => mutated(BASE, 'resources:', 'resources:\n  - ./again.yaml').concat(again()),
      `kustomize/build ${BASE}`,
      'already registered id',
    ],
    [
      'a patch whose result no cluster takes',
      () => mutated('deploy/cluster/overlays/dev/quota.yaml', 'spec:', 'spec:\n  hardness: 3'),
      `kustomize/kubernetes ${DEV} as built: ResourceQuota serving`,
      'hardness',
    ],
  ])('refuses %s', async (_, some, place, reason) => {
    const found = lines(await run(some()))
    expect(found.some((line) => line.includes(place) && line.includes(reason))).toBe(true)
  })

  it('merges lists by the keys that the Kubernetes API names', async () => {
    const deployment = (spec: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: ${spec}}}\n`
    const ports = (...all: string[]) =>
      `ports: [${all.map((one) => `{containerPort: 80, protocol: ${one}}`).join(', ')}]`
    const { data, problems } = await askValidator({
      validator: 'kustomize',
      files: {
        'k/kustomization.yaml': 'resources: [whole.yaml]\npatches: [{path: patch.yaml}]\n',
        'k/whole.yaml': deployment(`{containers: [{name: a, image: a, ${ports('TCP')}}, {name: b, image: b}]}`),
        'k/patch.yaml': deployment(`{containers: [{name: b, image: c}, {name: a, ${ports('UDP')}}]}`),
      },
      options: { folders: ['k'] },
    })
    expect(problems).toEqual([])
    const [built] = Object.values((data as { manifests: Record<string, string> }).manifests)
    expect(parse(built ?? '')).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'b', image: 'c' },
              {
                name: 'a',
                image: 'a',
                ports: [
                  { containerPort: 80, protocol: 'UDP' },
                  { containerPort: 80, protocol: 'TCP' },
                ],
              },
            ],
          },
        },
      },
    })
  })

  it('passes nothing by that it does not fetch', async () => {
    const remote = mutated(DEV, '../../base', 'https://github.com/example/none//base?ref=v1')
    const results = await run(remote)
    expect(results.map(({ status }) => status)).not.toContain('pass')
    expect(lines(results, 'not run').join('\n')).toContain('fetched by nobody here')
  })

  it('leaves a component to those that name it', async () => {
    const path = 'deploy/cluster/components/extra/kustomization.yaml'
    const results = await run(withFile(path, 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'))
    expect(lines(results, 'not run')).toEqual([expect.stringContaining(`kustomize/build ${path}`)])
  })
})

function again(): EmittedFile[] {
  const quota = files().find(({ path }) => path === 'deploy/cluster/base/quota.yaml')
  return quota === undefined ? [] : [{ ...quota, path: 'deploy/cluster/base/again.yaml' }]
}
