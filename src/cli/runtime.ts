// How Node itself is set for a program that lives a second or two: what it costs to start counts, peak speed does not.
import * as modules from 'node:module'

/** Loaded where it is first asked for: it brings Node's streams, which `--help` does without. */
const v8 = () => process.getBuiltinModule('node:v8')

/** To be called before the rest of the program is loaded. */
export function settleRuntime(): void {
  // V8 11 (Node 20) optimises what runs for some milliseconds: here that takes more time and memory than it gives back.
  // Later versions wait longer by themselves and do not know the flag.
  if (process.versions.v8.startsWith('11.')) {
    v8().setFlagsFromString('--interrupt-budget=1000000')
    // Left alone, its heap grows to three times of what is held, because growing is cheaper than collecting.
    v8().setFlagsFromString('--semi-space-growth-factor=1')
  }
  // Where files may not grow (ulimit -f), the write that fails is told; without a listener the process would be killed instead.
  process.on('SIGXFSZ', () => {})
  // Node 22.1 and later keep compiled modules between two runs.
  const { enableCompileCache } = modules as typeof modules & { enableCompileCache?: () => unknown }
  enableCompileCache?.()
}

/**
 * For composing and writing without checks: a platform is held until it is written, and garbage would add to that. While definitions
 * are read, or hundreds of parsed files are held for checks, collecting so eagerly takes a tenth of the time.
 */
export function settleForComposing(): void {
  if (process.versions.v8.startsWith('11.')) v8().setFlagsFromString('--optimize-for-size')
}

/** Bytes of new garbage, or of what is held, that are worth looking through the whole heap. */
const GROWN = 20 * 2 ** 20

/** Gives a function that collects what is garbage where the heap has grown: V8 alone would rather grow, beside a thread that needs much memory. */
export function garbageCollector(): () => void {
  v8().setFlagsFromString('--expose-gc')
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void
  let held = v8().getHeapStatistics().used_heap_size
  return () => {
    if (v8().getHeapStatistics().used_heap_size - held < GROWN) return
    collect()
    held = v8().getHeapStatistics().used_heap_size
  }
}
