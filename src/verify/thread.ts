// Threads that check files: WebAssembly blocks while it works, and a thread can be ended from outside.
import v8 from 'node:v8'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Keeps no process alive by itself. */
export function startThread(file: URL, options: WorkerOptions = {}): Worker {
  // The optimising compiler would take several times as long and as much memory as all the checks together.
  v8.setFlagsFromString('--liftoff-only')
  const worker = new Worker(file, options)
  worker.unref()
  worker.once('online', keepYoungSpaceSmall)
  return worker
}

/**
 * A new thread's heap sets V8 11's factor of growth back to two for all of them, and ours would take 32 MB for what is new alone.
 * Later versions do not know this and decide by themselves.
 */
function keepYoungSpaceSmall(): void {
  if (process.versions.v8.startsWith('11.')) v8.setFlagsFromString('--semi-space-growth-factor=1')
}
