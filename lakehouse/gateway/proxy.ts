/**
 * One request to its owner and the answer back, both as streams: nothing is buffered, back-pressure goes through.
 * Each exchange has a connection of its own, so that a restarted upstream never meets a stale one.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, badGateway, gatewayTimeout } from '../kit/errors.ts'
import { filterHeaders } from './headers.ts'

// Not by import: that reads every export, and one of them is WebSocket, which loads all of undici (35 ms).
const { request: requestHttp } = process.getBuiltinModule('node:http')

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The upstream's name, as errors give it. */
  readonly upstream: string
  readonly baseUrl: string
  readonly requestId: string
  /** How long nothing may move, in either direction. Milliseconds. */
  readonly timeoutMs: number
}

/** Answers an error on the raw response. Nothing may have been sent yet. */
function answerError(response: ServerResponse, error: ApiError, requestId: string): void {
  const body = JSON.stringify(error.toJSON())
  response.writeHead(error.status, {
    ...error.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
  })
  response.end(body)
}

/** Starts the exchange. It ends by itself: with the upstream's answer, with 408, 502 or 504, or with the client gone. */
export function proxyRequest(exchange: Exchange): void {
  const { request, response, upstream, baseUrl, requestId, timeoutMs } = exchange
  const outgoing = openRequest(exchange)

  const idle = setTimeout(expire, timeoutMs)
  const touch = (): void => {
    idle.refresh()
  }

  function fail(error: ApiError): void {
    clearTimeout(idle)
    request.unpipe(outgoing)
    outgoing.destroy()
    // Too late for a status: an answer cut short is the only way left to say that it is not whole.
    if (response.headersSent) response.destroy()
    else answerError(response, error, requestId)
  }

  function expire(): void {
    const clientReadsSlowly = response.writableNeedDrain
    if (clientReadsSlowly) idle.refresh()
    else if (!request.complete && !outgoing.writableNeedDrain && !response.headersSent) {
      fail(new ApiError(408, 'request_timeout', `the body stopped coming for ${timeoutMs} ms`))
    } else fail(gatewayTimeout(upstream, `${upstream} did not answer for ${timeoutMs} ms`))
  }

  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // After the answer has begun, its own stream tells whether it is whole; an upstream may stop reading early.
    if (response.headersSent) request.unpipe(outgoing)
    else if (!response.destroyed)
      fail(badGateway(upstream, `${upstream} is not reachable at ${baseUrl}: ${reasonOf(error)}`))
  })
  // With `Expect: 100-continue` it is the upstream that decides whether the body is worth sending.
  outgoing.on('continue', () => response.writeContinue())
  outgoing.on('drain', touch)
  outgoing.on('response', (answer) => {
    touch()
    const headers = filterHeaders(answer.rawHeaders, ['x-request-id'])
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', [
      ...headers,
      'X-Request-Id',
      requestId,
    ])
    answer.on('data', touch)
    answer.on('error', () => response.destroy())
    answer.on('end', () => {
      clearTimeout(idle)
      request.unpipe(outgoing)
    })
    answer.pipe(response)
  })

  request.on('data', touch)
  request.on('error', () => outgoing.destroy())
  // Whatever the reason, once the client's side is over nobody waits for the upstream.
  response.on('close', () => {
    clearTimeout(idle)
    if (!response.writableFinished) outgoing.destroy()
  })
  // The upstream may refuse a body by its announcement alone.
  if (hasBody(request)) outgoing.flushHeaders()
  request.pipe(outgoing)
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined

function openRequest({ request, baseUrl, requestId }: Exchange): ClientRequest {
  const base = new URL(baseUrl)
  const headers = filterHeaders(request.rawHeaders, ['host', 'x-request-id'])
  headers.push('Host', base.host, 'X-Request-Id', requestId, 'Connection', 'close')
  // Node frames only some methods' bodies by itself; a body of unknown length needs it said.
  if (request.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked')
  const open = base.protocol === 'https:' ? process.getBuiltinModule('node:https').request : requestHttp
  return open({
    agent: false,
    host: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port,
    method: request.method,
    // As it came: no decoding, no dots resolved, no slashes merged.
    path: base.pathname.replace(/\/+$/, '') + (request.url ?? '/'),
    headers,
  })
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === undefined ? error.message : `${error.message} (${error.code})`
}
