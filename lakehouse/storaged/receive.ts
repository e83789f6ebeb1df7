/** The body of an upload, chunk by chunk, bounded in size and in silence. */
import type { Readable } from 'node:stream'
import { ApiError, badRequest, tooLarge } from '../kit/errors.ts'

export interface ReceiveLimits {
  readonly maxBytes: number
  /** Longest wait for the next chunk. */
  readonly idleTimeoutMs: number
}

/** Ends a wait of `ms` with a 408. One timer for all waits of an upload: a large one has thousands. */
class Patience implements Disposable {
  readonly #timer: NodeJS.Timeout
  #giveUp: (error: ApiError) => void = () => undefined

  constructor(ms: number) {
    this.#timer = setTimeout(() => {
      this.#giveUp(new ApiError(408, 'upload_timeout', `the upload sent nothing for ${ms} ms`))
    }, ms)
  }

  /** The promise's value, or 408 when it takes longer. One wait at a time. */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>()
    this.#giveUp = late.reject
    this.#timer.refresh()
    return await Promise.race([promise, late.promise])
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}

/**
 * Yields the chunks. Throws 413 before the chunk that goes over `maxBytes`, 408 when the client falls silent, 400
 * `aborted` when it goes away. Never destroys the stream: the connection must still carry the answer.
 */
export async function* receive(stream: Readable, limits: ReceiveLimits): AsyncGenerator<Buffer, void, void> {
  const { maxBytes, idleTimeoutMs } = limits
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  using patience = new Patience(idleTimeoutMs)
  let size = 0
  for (;;) {
    const next = await patience.waitFor(chunks.next()).catch((error: unknown) => {
      if (error instanceof ApiError) throw error
      throw badRequest('the upload was broken off', { code: 'aborted', cause: error })
    })
    if (next.done === true) return
    size += next.value.length
    if (size > maxBytes) {
      // Lets go of the stream, so that the rest of the body can be thrown away.
      await chunks.return?.()
      throw tooLarge(`an object may have at most ${maxBytes} bytes`)
    }
    yield next.value
  }
}
