/**
 * Signals, as the two abort signals a run knows: the first Ctrl-C stops in order, the second kills at once.
 * A closed terminal (SIGHUP) and SIGTERM are a first Ctrl-C.
 */
import type { ChainSignals } from '../chain/run.ts'

type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
const INTERRUPTS: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Listens until `dispose` is called.
 *
 * @param onInterrupt called for each signal; `count` is 1 for the first.
 */
export function watchSignals(
  onInterrupt: (signal: Interrupt, count: number) => void,
): ChainSignals & { dispose(): void } {
  const stop = new AbortController()
  const kill = new AbortController()
  let count = 0
  const handlers = INTERRUPTS.map((signal) => {
    const handler = () => {
      count += 1
      onInterrupt(signal, count)
      if (count === 1) stop.abort()
      else kill.abort()
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return {
    stop: stop.signal,
    kill: kill.signal,
    dispose: () => {
      for (const off of handlers) off()
    },
  }
}
