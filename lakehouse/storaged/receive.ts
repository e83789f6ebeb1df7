/** The body of an upload, chunk by chunk, bounded in size and in silence. */
import type { Readable } from 'node:stream'
import { ApiError, badRequest, tooLarge } from '../kit/errors.ts'

export interface ReceiveLimits {
  readonly maxBytes: number
  /** Longest wait for the next chunk. */
  readonly idleTimeoutMs: number
}

/** The promise's value, or 408 when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new ApiError(408, 'upload_timeout', `the upload sent nothing for ${ms} ms`))
  }, ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Yields the chunks. Throws 413 before the chunk that goes over `maxBytes`, 408 when the client falls silent, 400
 * `aborted` when it goes away. Never destroys the stream: the connection must still carry the answer.
 */
export async function* receive(stream: Readable, limits: ReceiveLimits): AsyncGenerator<Buffer, void, void> {
  const { maxBytes, idleTimeoutMs } = limits
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  let size = 0
  for (;;) {
    const next = await within(chunks.next(), idleTimeoutMs).catch((error: unknown) => {
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
