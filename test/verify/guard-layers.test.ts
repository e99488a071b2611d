import { expect, it } from 'vitest'
import { underneath } from '../../src/verify/guard-layers.js'
import { emitted } from './emitted.js'

const SCHEMA = JSON.stringify({
  properties: { gate: { $ref: '#/$defs/Gate' }, seed: { default: 7 } },
  $defs: { Gate: { properties: { bound: { default: 0.1 }, errors: { default: 2 } }, default: { bound: 0.2 } } },
})
const PROJECT = [
  emitted('conf/settings.schema.json', SCHEMA),
  emitted('conf/base.yaml', 'gate:\n  errors: 3\n'),
  emitted('conf/prod.yaml', 'gate: {}\n'),
  emitted('conf/split.yaml', 'folds: 5\n'),
  emitted('conf/split.schema.json', '{}\n'),
  emitted('deploy/charts/serving/values.yaml', 'replicas: 2\n'),
]
const under = (path: string) => underneath(emitted(path, ''), PROJECT)

it('is the defaults of the code for what every environment has', async () => {
  expect(await under('conf/base.yaml')).toEqual({ gate: { bound: 0.2, errors: 2 }, seed: 7 })
})

it('is what every environment has for one of them', async () => {
  expect(await under('conf/prod.yaml')).toEqual({ gate: { bound: 0.2, errors: 3 }, seed: 7 })
})

it('is the values of the chart for those of an environment', async () => {
  expect(await under('deploy/environments/prod/serving.yaml')).toEqual({ replicas: 2 })
})

it('is nothing for a file that stands alone', async () => {
  expect([
    await under('conf/split.yaml'),
    await under('dvc.yaml'),
    await under('deploy/environments/prod/images.yaml'),
  ]).toEqual([undefined, undefined, undefined])
})
