import { describe, expect, it } from 'vitest'
import { readQuery, withoutVariables } from '../../src/verify/promql.js'

describe('readQuery', () => {
  it('gives metrics, the labels that they are asked by, and those of groups', async () => {
    const query = await readQuery(
      'label_replace(sum by (job) (rate(a_total{code=~"5..", job="x"}[5m])), "kind", "$1", "job", "(.*)") / on (kind) group_left (team) {__name__="b"} offset 1h',
    )
    expect(query).toEqual({
      selectors: [
        { metric: 'a_total', labels: ['code', 'job'] },
        { metric: 'b', labels: [] },
      ],
      groupings: ['job', 'kind', 'team'],
      made: ['kind'],
      errors: [],
    })
  })
  it('says where it does not go on', async () => expect((await readQuery('sum(rate(a[5m])')).errors).toEqual([15]))
})

it('keeps the length of what it replaces', () => {
  const text = 'rate(a{b="$route", c="${path:regex}"}[$__rate_interval])'
  expect(withoutVariables(text)).toBe('rate(a{b="xxxxxx", c="xxxxxxxxxxxxx"}[5m              ])')
  expect(withoutVariables(text)).toHaveLength(text.length)
})
