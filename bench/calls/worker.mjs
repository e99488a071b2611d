// Holds conversations of one side in a process of its own, and prints what they took.
//   node worker.mjs SIDE VENDOR URL CONVERSATIONS AT_ONCE [FOLDER OF THE FRAMEWORKS]
import { SIDES } from './sides.mjs'

const [side, vendor, url, total, atOnce, folder] = process.argv.slice(2)
const converse = await SIDES[side][vendor]({ url, folder })

/** @returns calls of the model */
async function hold(conversations) {
  let [left, calls] = [conversations, 0]
  const work = async () => {
    while (left-- > 0) {
      const held = await converse()
      calls += held
    }
  }
  await Promise.all(Array.from({ length: Number(atOnce) }, work))
  return calls
}

await hold(Math.min(40, Number(total)))
const [before, began] = [process.cpuUsage(), performance.now()]
const calls = await hold(Number(total))
const { user, system } = process.cpuUsage(before)
const wall = (performance.now() - began) / 1000
console.log(
  JSON.stringify({
    ...{ calls, cpu_ms: (user + system) / 1000 / calls, per_s: calls / wall },
    peak_mb: process.resourceUsage().maxRSS / 1024,
  }),
)
process.exit(0)
