/** HTTP client of another daemon: token and request id forwarded, time-outs, faults as 502/503/504 that name it. */
import { ApiError, badGateway, gatewayTimeout, unavailable } from './errors.ts'
import { errnoOf } from './files.ts'
import { askHttp, type HttpAnswer, type HttpCall } from './http-client.ts'
import { messageOf } from './message-of.ts'

export interface UpstreamOptions {
  /** The daemon's name, as errors give it. */
  readonly name: string
  readonly baseUrl: string
  readonly token?: string
  /** Until the whole answer (`json`) or its headers (`raw`) are there. Default 30,000. */
  readonly timeoutMs?: number
}

export interface RequestOptions {
  /** `X-Request-Id` of the request this one serves. */
  readonly requestId?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface JsonRequestOptions extends RequestOptions {
  /** Sent as JSON; undefined sends no body. */
  readonly body?: unknown
  /** Statuses beside 2xx that are an answer rather than an error. */
  readonly accept?: readonly number[]
}

interface RawRequestOptions extends RequestOptions {
  readonly body?: string | Uint8Array
}

export interface Upstream {
  readonly name: string
  readonly baseUrl: string
  /**
   * Asks and reads a JSON answer. A status outside 2xx and `accept` throws: 503 stays 503 (with its
   * Retry-After), anything else is 502 `upstream_error` with `upstream_status` and the upstream's own error.
   */
  json<T = unknown>(
    method: string,
    path: string,
    options?: JsonRequestOptions,
  ): Promise<{ status: number; body: T; headers: HttpAnswer['headers'] }>
  /** Asks and hands the answer over as it is, whatever its status. The time-out ends with the headers. */
  raw(method: string, path: string, options?: RawRequestOptions): Promise<HttpAnswer>
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
/** A kept-alive connection that the peer closed as we wrote to it; nothing was answered. */
const STALE = new Set(['ECONNRESET', 'EPIPE'])

function toCall(
  options: UpstreamOptions,
  method: string,
  given: RawRequestOptions,
  signal: AbortSignal,
): HttpCall {
  const headers: Record<string, string> = { ...given.headers }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (given.requestId !== undefined) headers['x-request-id'] = given.requestId
  return { method, headers, signal, ...(given.body === undefined ? {} : { body: given.body }) }
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { name } = options
  const baseUrl = options.baseUrl.replace(/\/+$/, '')

  /** Asks, then reads the answer with `read` within the same time-out. */
  async function exchange<T>(
    method: string,
    path: string,
    given: RawRequestOptions,
    read: (answer: HttpAnswer) => T | Promise<T>,
  ): Promise<T> {
    const timeoutMs = given.timeoutMs ?? options.timeoutMs ?? 30_000
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    const signal = given.signal ? AbortSignal.any([deadline.signal, given.signal]) : deadline.signal
    const attempt = async () => read(await askHttp(baseUrl + path, toCall(options, method, given, signal)))
    try {
      return await attempt().catch((error: unknown) => {
        if (IDEMPOTENT.has(method) && !signal.aborted && STALE.has(errnoOf(error) ?? '')) return attempt()
        throw error
      })
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (given.signal?.aborted) throw given.signal.reason
      if (deadline.signal.aborted) {
        throw gatewayTimeout(name, `${name} did not answer ${method} ${path} within ${timeoutMs} ms`)
      }
      const reason = errnoOf(error) ?? messageOf(error)
      throw badGateway(name, `${name} is not reachable at ${baseUrl}: ${reason}`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    name,
    baseUrl,
    raw: (method, path, given = {}) => exchange(method, path, given, (response) => response),
    async json<T>(method: string, path: string, given: JsonRequestOptions = {}) {
      const { body, accept = [], headers = {}, ...rest } = given
      const request: RawRequestOptions =
        body === undefined
          ? { ...rest, headers }
          : {
              ...rest,
              headers: { ...headers, 'content-type': 'application/json' },
              body: JSON.stringify(body),
            }
      return exchange(method, path, request, async (response) => {
        const text = await response.text()
        if (!response.ok && !accept.includes(response.status))
          throw refusal(name, method, path, response, text)
        return { status: response.status, body: parseAnswer(name, text) as T, headers: response.headers }
      })
    },
  }
}

function parseAnswer(name: string, text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badGateway(name, `${name} answered with something that is not JSON`, {
      code: 'upstream_error',
      cause: error,
    })
  }
}

/** The error for an answer whose status the caller does not accept. */
export function refusal(
  name: string,
  method: string,
  path: string,
  response: HttpAnswer,
  text: string,
): ApiError {
  let upstreamError: unknown
  try {
    upstreamError = (JSON.parse(text) as { error?: unknown } | null)?.error
  } catch {
    // The answer is an error already; that its body is no JSON adds nothing but its own text.
    upstreamError = text.slice(0, 500)
  }
  const message = `${name} answered ${response.status} to ${method} ${path}`
  const details = { upstream: name, upstream_status: response.status, upstream_error: upstreamError }
  if (response.status === 503) {
    const retryAfter = response.headers.get('retry-after')
    return unavailable(message, {
      code: 'upstream_busy',
      details,
      ...(retryAfter === null ? {} : { headers: { 'retry-after': retryAfter } }),
    })
  }
  return badGateway(name, message, { code: 'upstream_error', details })
}
