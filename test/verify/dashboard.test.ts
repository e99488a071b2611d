import { describe, expect, it } from 'vitest'
import { dashboardCheck } from '../../src/verify/dashboard.js'
import { lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated } = fixtures('cluster')
const PATH = 'deploy/charts/monitoring/dashboards/serving.json'
const only = (some: ReturnType<typeof files>) => some.filter((file) => file.path === PATH)

const faults: readonly [string, string, string, string][] = [
  ['no uid', '"uid": "shop-serving",', '', 'the dashboard has no uid'],
  ['an id', '"schemaVersion"', '"id": 7,\n  "schemaVersion"', ':4 id belongs to one Grafana'],
  ['a panel without a title', '"title": "Requests",', '', 'the panel has no title'],
  ['a panel without a place', '"gridPos": { "h": 8, "w": 12, "x": 0, "y": 0 },', '', 'the panel has no gridPos'],
  ['a panel that is too wide', '"w": 12, "x": 12', '"w": 13, "x": 12', 'wider than the 24 columns'],
  ['panels over each other', '"x": 12, "y": 0', '"x": 6, "y": 4', 'the panel lies over another one'],
  ['two panels of one id', '"id": 2', '"id": 1', 'two panels have the id 1'],
  ['a variable that nobody declares', '$route', '$path', 'the dashboard has no variable path'],
  ['PromQL that does not parse', 'sum by (outcome) (rate', 'sum by (outcome) rate', 'dashboard/promql'],
]

describe('dashboard/model', () => {
  it('accepts what is right, its expressions too', async () => {
    const results = await dashboardCheck.run(only(files()), files())
    expect(results.map(({ check, status }) => `${check} ${status}`)).toEqual([
      'dashboard/model pass',
      'dashboard/promql pass',
    ])
  })
  it.each(faults)('refuses %s', async (_, from, to, expected) => {
    const some = mutated(PATH, from, to)
    expect(lines(await dashboardCheck.run(only(some), some)).join('\n')).toContain(expected)
  })
})
