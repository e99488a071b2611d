import { describe, expect, it } from 'vitest'
import { cronFor } from '../../src/spec/cron.js'

describe('cronFor', () => {
  it.each([
    ['weekly', '06:00', 'monday', '0 4 * * 1'],
    ['weekly', '01:00', 'monday', '0 23 * * 0'],
    ['weekly', '00:30', 'sunday', '30 22 * * 6'],
    ['daily', '07:15', 'monday', '15 5 * * *'],
    ['daily', '01:15', 'monday', '15 23 * * *'],
    ['hourly', '00:10', 'monday', '0 * * * *'],
    ['hourly', '00:05', 'monday', '55 * * * *'],
    ['monthly', '06:00', 'monday', '0 4 1 * *'],
    ['monthly', '01:00', 'monday', '0 0 1 * *'],
  ] as const)('%s by %s (%s) starts at %s', (cadence, deadline, weekday, cron) =>
    expect(cronFor(cadence, deadline, weekday)).toBe(cron),
  )

  it('starts a monthly run on the day that was given', () =>
    expect(cronFor('monthly', '06:00', undefined, 5)).toBe('0 4 5 * *'))
})
