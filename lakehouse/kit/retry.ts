/** Waiting for another service to come up: tries with growing pauses until it works or the daemon stops. */
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from './message-of.ts'

export interface RetryOptions {
  /** Ends the waiting; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Whether another try can help. Anything else is thrown at once. */
  readonly isTemporary: (error: unknown) => boolean
  /** Hears of a cause when it is a new one. */
  readonly report?: (cause: string) => void
  /** First and longest pause. Default 25 and 1,000. */
  readonly firstMs?: number
  readonly maxMs?: number
}

export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, isTemporary, report, firstMs = 25, maxMs = 1_000 } = options
  let reported: string | undefined
  for (let pause = firstMs; ; pause = Math.min(pause * 2, maxMs)) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!isTemporary(error)) throw error
      const cause = messageOf(error)
      if (cause !== reported) report?.(cause)
      reported = cause
    }
    await delay(pause, undefined, { signal })
  }
}
