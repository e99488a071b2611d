import { describe, expect, it } from 'vitest'
import { amount, directionOf, movedLooser } from '../../src/verify/guard-directions.js'

describe('the safe side of a name', () => {
  it.each([
    ['data.max_bad_share', 'cap'],
    ['DriftSettings.psi_bound', 'cap'],
    ['slipcover.fail-under', 'floor'],
    ['EvaluationSettings.min_selection_ratio', 'floor'],
    ['alerts.required', 'on'],
    ['spec.progressDeadlineAbort', 'on'],
    ['spec.strategy.autoPromotionEnabled', 'off'],
    ['pipeline.timeout_seconds', 'time'],
    ['pool.max_nodes', 'size'],
    ['replicas.minimum', 'spare'],
    ['drift.rows_min', 'evidence'],
    ['DataNeeds.rows_min', 'floor'],
    ['tuning.spaces.max_features.high', undefined],
    ['typical.monthly_charge', undefined],
    ['tuning.trials', undefined],
  ])('%s: %s', (path, direction) => {
    expect(directionOf(path.startsWith('DataNeeds') ? [path] : path.split('.'))).toBe(direction)
  })
})

describe('a move', () => {
  const moved = (
    ...[direction, was, is]: Parameters<typeof movedLooser> extends [infer D, infer W, infer I, ...unknown[]]
      ? [D, W, I]
      : never
  ) =>
    movedLooser(direction, was, is, 'bounds.latencySeconds', [{ path: 'serving.latency_ms', value: 400 }]) !== undefined

  it('to the looser side is told', () => {
    expect([
      moved('cap', 0.1, 0.2),
      moved('floor', 90, 80),
      moved('on', true, false),
      moved('off', false, true),
    ]).toEqual([true, true, true, true])
    expect([moved('size', 6, 1000), moved('size', 6, -1), moved('time', '30s', 0), moved('spare', 2, 1)]).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(moved('cap', 5, null)).toBe(true)
  })

  it('to the safe side, or of a size that grows with its load, is not', () => {
    expect([
      moved('cap', 0.2, 0.1),
      moved('floor', 80, 90),
      moved('on', false, true),
      moved('off', true, false),
    ]).toEqual([false, false, false, false])
    expect([moved('size', 6, 12), moved('time', 600, 3600), moved('spare', 5, 2), moved('evidence', 100, 300)]).toEqual(
      [false, false, false, false],
    )
  })

  it('to what was stated is not', () => {
    expect(moved('cap', 0.15, 0.4)).toBe(false)
    expect(moved('cap', 0.15, 0.5)).toBe(true)
  })
})

it('reads amounts with their units', () => {
  expect([amount('5m'), amount('1500ms'), amount('20%'), amount(3), amount('2Gi'), amount('fast')]).toEqual([
    300,
    1.5,
    0.2,
    3,
    undefined,
    undefined,
  ])
})
