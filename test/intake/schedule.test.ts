import { describe, expect, it } from 'vitest'
import { readSchedule } from '../../src/intake/schedule.js'
import { read } from './given.js'

const schedule = (text: string) => readSchedule(read(text), undefined)

describe('readSchedule', () => {
  it.each([
    ['a ranked list every Monday at 06:00', 'weekly', 'monday', '06:00', '0 4 * * 1'],
    ['Scores nightly, results by 4 am', 'daily', undefined, '04:00', '0 2 * * *'],
    ['We need a report on Tuesdays before 08:00', 'weekly', 'tuesday', '08:00', '0 6 * * 2'],
    ['quantiles by ten past the hour', 'hourly', undefined, '00:10', '0 * * * *'],
    ['a list every hour', 'hourly', undefined, '00:10', '0 * * * *'],
    ['scores daily by 7am', 'daily', undefined, '07:00', '0 5 * * *'],
    ['score daily at 6:30 pm', 'daily', undefined, '18:30', '30 16 * * *'],
    ['a monthly report, on the 5th', 'monthly', undefined, '06:00', '0 4 5 * *'],
    ['eine Liste jeden Freitag um 7 Uhr', 'weekly', 'friday', '07:00', '0 5 * * 5'],
    ['una lista cada lunes', 'weekly', 'monday', '06:00', '0 4 * * 1'],
    ['the list by noon each day', 'daily', undefined, '12:00', '0 10 * * *'],
  ])('%j', (text, cadence, weekday, deadline, cron) => {
    const { schedule: found } = schedule(text)
    expect([found.cadence.value, found.weekday?.value, found.deadline.value, found.cron]).toEqual([
      cadence,
      weekday,
      deadline,
      cron,
    ])
    expect(found.cadence.origin).toBe('stated')
  })

  it.each([
    'Tables land in S3 every night.',
    'Retrain the model monthly.',
    '400 claims a day',
    'Logs arrive each hour at 02:30.',
  ])('%j is no schedule for predictions', (text) => expect(schedule(text).scheduled).toBe(false))

  it('is not misled by the rhythm of the data', () => {
    const found = schedule('Tables land in S3 every night at 02:30. We need a list every Monday.').schedule
    expect([found.cadence.value, found.deadline.origin]).toEqual(['weekly', 'assumed'])
  })

  it('reads a time zone', () => {
    expect(schedule('daily list by 06:00 CET').schedule.timezone).toMatchObject({
      value: 'Europe/Berlin',
      origin: 'stated',
    })
    expect(schedule('daily list, Asia/Tokyo').schedule.timezone.value).toBe('Asia/Tokyo')
  })

  it('reports two rhythms', () =>
    expect(schedule('We need a list every Monday. The list is needed daily.').conflicts).toMatchObject([
      { field: 'schedule.cadence', taken: 'weekly', statements: [{ value: 'weekly' }, { value: 'daily' }] },
    ]))

  it('reports two days that are each wanted, but not two in one sentence, nor a day to talk', () => {
    expect(schedule('A list every Monday at 06:00. Sales need the list every Thursday.').conflicts).toMatchObject([
      { field: 'schedule.weekday', taken: 'monday', statements: [{ value: 'monday' }, { value: 'thursday' }] },
    ])
    expect(schedule('A list every Monday and every Thursday.').conflicts).toEqual([])
    expect(schedule('A list every Monday. Every Friday we review the results.').conflicts).toEqual([])
  })

  it('does not end a clause inside a time', () =>
    expect(
      schedule('Every Monday at 06:00 a ranked list. Every Friday we look at the results.').schedule,
    ).toMatchObject({
      weekday: { value: 'monday' },
      deadline: { value: '06:00' },
    }))
})
