/** Loads what is stored, however long storaged takes to come up. */
import { setTimeout as delay } from 'node:timers/promises'
import { DamagedError } from './segment.ts'
import type { VectorStore } from './store.ts'

// storaged announces itself to nobody, so it is asked: at first often, then every second.
const FIRST_DELAY_MS = 20
const LONGEST_DELAY_MS = 1_000

/**
 * Tries until everything is loaded. A fault on the way is tried again; damage is thrown, for it would come again.
 * @param wait how to pass the time between two tries, in milliseconds
 */
export async function loadPatiently(
  store: VectorStore,
  onWait: (reason: string) => void,
  wait: (ms: number) => Promise<unknown> = delay,
): Promise<void> {
  for (let ms = FIRST_DELAY_MS; ; ms = Math.min(2 * ms, LONGEST_DELAY_MS)) {
    try {
      await store.load()
      return
    } catch (error) {
      if (error instanceof DamagedError) throw error
      onWait(error instanceof Error ? error.message : String(error))
      await wait(ms)
    }
  }
}
