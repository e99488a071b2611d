// Ctrl-C: the first one lets what is being written finish and stops before the next deliverable; the second has its usual effect.
import { setMaxListeners } from 'node:events'

/** `present` is what may still finish, in a person's words. */
export function listenForInterrupt(present: string): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController()
  // Every conversation and every call that waits listens to it.
  setMaxListeners(0, controller.signal)
  const stop = (): void => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  const onSignal = (): void => {
    // Only after everybody has heard the first one: whoever is left alone with a signal ends the process on it.
    setImmediate(stop)
    controller.abort()
    process.stderr.write(`\nstopping after the present ${present}; press Ctrl-C again to stop at once\n`)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { signal: controller.signal, stop }
}
