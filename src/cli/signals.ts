/**
 * Signals, as the two abort signals a run knows: the first Ctrl-C stops in order, the second kills at once.
 * A closed terminal (SIGHUP) and SIGTERM are a first Ctrl-C. A third one leaves the rest to the guardian.
 */
import type { ChainSignals } from '../chain/run.ts'

type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
const INTERRUPTS: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

export interface Interrupts extends ChainSignals {
  /** Called with the first signal, now if it has come already. */
  onFirst(listener: (signal: Interrupt) => void): void
  /** The first signal that came. */
  first(): Interrupt | undefined
  /** Leaves the signals to Node's defaults again. */
  dispose(): void
}

/** Listens until `dispose` is called. */
export function watchSignals(): Interrupts {
  const stop = new AbortController()
  const kill = new AbortController()
  let first: Interrupt | undefined
  let listener: ((signal: Interrupt) => void) | undefined
  let count = 0

  const handlers = INTERRUPTS.map((signal) => {
    const handler = (): void => {
      count += 1
      if (count === 1) {
        first = signal
        listener?.(signal)
        stop.abort()
      } else if (count === 2) {
        kill.abort()
      } else {
        process.exit(signal === 'SIGINT' ? 130 : 143)
      }
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })

  return {
    stop: stop.signal,
    kill: kill.signal,
    onFirst(added) {
      listener = added
      if (first !== undefined) added(first)
    },
    first: () => first,
    dispose() {
      for (const off of handlers) off()
    },
  }
}
