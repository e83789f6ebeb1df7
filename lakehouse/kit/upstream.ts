/** HTTP client of another daemon: token and request id forwarded, time-outs, faults as 502/503/504 that name it. */
import { ApiError, badGateway, gatewayTimeout, unavailable } from './errors.ts'

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
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
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
  ): Promise<{ status: number; body: T; headers: Headers }>
  /** Asks and hands the answer over as it is, whatever its status. The time-out ends with the headers. */
  raw(method: string, path: string, options?: RawRequestOptions): Promise<Response>
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
/** A kept-alive connection that the peer closed as we wrote to it; nothing was answered. */
const STALE = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** The system's code of a failed fetch, e.g. ECONNREFUSED. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : undefined
}

function toRequest(options: UpstreamOptions, method: string, given: RawRequestOptions, signal: AbortSignal) {
  const headers: Record<string, string> = { ...given.headers }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (given.requestId !== undefined) headers['x-request-id'] = given.requestId
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal, redirect: 'manual' }
  if (given.body !== undefined) init.body = given.body
  if (given.body instanceof ReadableStream) init.duplex = 'half'
  return init
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { name } = options
  const baseUrl = options.baseUrl.replace(/\/+$/, '')

  /** Asks, then reads the answer with `read` within the same time-out. */
  async function exchange<T>(
    method: string,
    path: string,
    given: RawRequestOptions,
    read: (response: Response) => T | Promise<T>,
  ): Promise<T> {
    const timeoutMs = given.timeoutMs ?? options.timeoutMs ?? 30_000
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    const signal = given.signal ? AbortSignal.any([deadline.signal, given.signal]) : deadline.signal
    const attempt = async () => read(await fetch(baseUrl + path, toRequest(options, method, given, signal)))
    try {
      return await attempt().catch((error: unknown) => {
        const replayable = IDEMPOTENT.has(method) && !(given.body instanceof ReadableStream)
        if (replayable && !signal.aborted && STALE.has(codeOf(error) ?? '')) return attempt()
        throw error
      })
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (given.signal?.aborted) throw error
      if (deadline.signal.aborted) {
        throw gatewayTimeout(name, `${name} did not answer ${method} ${path} within ${timeoutMs} ms`)
      }
      const reason = codeOf(error) ?? (error instanceof Error ? error.message : String(error))
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
  response: Response,
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
