// Two threads work at the checks; the one with the validators gets its next question only when this one gives way.
import { setImmediate } from 'node:timers/promises'

/** Long enough to cost nothing, short beside what most questions take. */
const EVERY_MS = 4

let last = 0

/** To be awaited between two files, so that hundreds of them are not one piece of work. */
export async function giveWay(): Promise<void> {
  if (performance.now() - last < EVERY_MS) return
  await setImmediate()
  last = performance.now()
}
