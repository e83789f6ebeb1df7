/** A fault of storaged, as a caller of vectord meets it. */
import { ApiError, unavailable } from '../kit/errors.ts'
import { messageOf } from '../kit/message-of.ts'

/**
 * 503 `storage_unavailable` with Retry-After for what may pass (unreachable, too slow, busy, 5xx). A refusal that
 * would come again (a wrong token, say) stays 502 as it is.
 */
export function toStorageFault(error: unknown): ApiError {
  const status = error instanceof ApiError ? error.details['upstream_status'] : undefined
  if (error instanceof ApiError && typeof status === 'number' && status < 500) return error
  const reason = messageOf(error)
  const retryAfter = error instanceof ApiError ? error.headers['retry-after'] : undefined
  return unavailable(`not stored: ${reason}`, {
    code: 'storage_unavailable',
    details: { upstream: 'storaged' },
    cause: error,
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  })
}
