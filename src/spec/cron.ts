// When a scheduled run must start so that its result is there by the deadline.
import type { FullSpec } from './schema.js'

type Cadence = FullSpec['schedule']['cadence']['value']
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Lead in minutes before the deadline: two hours, and ten minutes where a run starts every hour. */
export const leadMinutes = (cadence: Cadence): number => (cadence === 'hourly' ? 10 : 120)

const DAY = 24 * 60

/**
 * Cron expression in the spec's time zone. `deadline` is HH:MM; for an hourly run only its minutes count.
 * A monthly run cannot start on the evening before, whose date varies: it starts at midnight at the earliest.
 */
export const cronFor = (cadence: Cadence, deadline: string, weekday: Weekday = 'monday', dayOfMonth = 1): string => {
  const [hours = 0, minutes = 0] = deadline.split(':').map(Number)
  if (cadence === 'hourly') return `${(minutes - leadMinutes(cadence) + 60) % 60} * * * *`
  const wanted = hours * 60 + minutes - leadMinutes(cadence)
  if (cadence === 'monthly') {
    const start = Math.max(0, wanted)
    return `${start % 60} ${Math.floor(start / 60)} ${dayOfMonth} * *`
  }
  const start = (wanted + DAY) % DAY
  if (cadence === 'daily') return `${start % 60} ${Math.floor(start / 60)} * * *`
  const day = (WEEKDAYS.indexOf(weekday) - (wanted < 0 ? 1 : 0) + 7) % 7
  return `${start % 60} ${Math.floor(start / 60)} * * ${day}`
}
