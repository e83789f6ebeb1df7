/** What a request is answered for ends with the one who asked. */
import type { FastifyReply } from 'fastify'
import { ApiError } from './errors.ts'

/** A signal that is aborted (499 `client_closed`) when the caller goes away before it has its answer. */
export function watchCaller(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  // Also comes after a whole answer, when there is nothing left to abort.
  reply.raw.once('close', () => gone.abort(new ApiError(499, 'client_closed', 'the caller went away')))
  return gone.signal
}
