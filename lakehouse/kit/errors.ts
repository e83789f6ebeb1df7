/** The one way a daemon says no: a status, a machine-readable code, and a sentence for people. */
import { messageOf } from './message-of.ts'

/** Extra facts of an error: headers of the answer, and fields beside `code` and `message` in its body. */
export interface ApiErrorOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An expected error. Thrown from a handler, it becomes `{"error":{"code","message",…details}}` with its status. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly details: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.headers = options.headers ?? {}
    this.details = options.details ?? {}
  }

  /** The answer's body. `code` and `message` win over details of the same name. */
  toJSON(): { error: { code: string; message: string; [detail: string]: unknown } } {
    const { code, message } = this
    return { error: Object.assign({ code, message }, this.details, { code, message }) }
  }
}

/** Code, message and details of what went wrong, for a record; code `internal` for what was not expected. */
export function describeFailure(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof ApiError) return error.toJSON().error
  return { code: 'internal', message: messageOf(error) }
}

const maker =
  (status: number, defaultCode: string) =>
  (message: string, options: ApiErrorOptions & { code?: string } = {}): ApiError =>
    new ApiError(status, options.code ?? defaultCode, message, options)

/** 400 `bad_request`. */
export const badRequest = maker(400, 'bad_request')
/** 401 `unauthorized`. */
export const unauthorized = maker(401, 'unauthorized')
/** 404 `not_found`. */
export const notFound = maker(404, 'not_found')
/** 409 `conflict`. */
export const conflict = maker(409, 'conflict')
/** 413 `too_large`. */
export const tooLarge = maker(413, 'too_large')
/** 415 `unsupported_media_type`. */
export const unsupportedMediaType = maker(415, 'unsupported_media_type')
/** 422 `unprocessable`. */
export const unprocessable = maker(422, 'unprocessable')

/** 503 `unavailable` with `Retry-After` (whole seconds, default 1). */
export function unavailable(
  message: string,
  options: ApiErrorOptions & { code?: string; retryAfterS?: number } = {},
): ApiError {
  const headers = { 'retry-after': String(options.retryAfterS ?? 1), ...options.headers }
  return new ApiError(503, options.code ?? 'unavailable', message, { ...options, headers })
}

/** 502 naming the upstream in `upstream`; code `upstream_unavailable` unless given. */
export function badGateway(
  upstream: string,
  message: string,
  options: ApiErrorOptions & { code?: string } = {},
): ApiError {
  return new ApiError(502, options.code ?? 'upstream_unavailable', message, {
    ...options,
    details: { upstream, ...options.details },
  })
}

/** 504 `upstream_timeout` naming the upstream in `upstream`. */
export function gatewayTimeout(upstream: string, message: string, options: ApiErrorOptions = {}): ApiError {
  return new ApiError(504, 'upstream_timeout', message, {
    ...options,
    details: { upstream, ...options.details },
  })
}
