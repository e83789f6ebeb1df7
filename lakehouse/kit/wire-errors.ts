/** Whatever is thrown in or below a handler, as the one error envelope; and requests that never became one. */
import type { Socket } from 'node:net'
import type { FastifyError } from 'fastify'
import { ApiError, badRequest, tooLarge, unsupportedMediaType } from './errors.ts'

/** Fastify's own refusals in our codes; undefined for a fault that is ours. */
export function toApiError(error: FastifyError | Error): ApiError | undefined {
  if (error instanceof ApiError) return error
  const code = 'code' in error ? error.code : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge('the body is larger than this route takes')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return unsupportedMediaType('this route does not take a body of this Content-Type')
  }
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return badRequest('the body is empty', { code: 'malformed_json' })
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError) {
    return badRequest('the body is not valid JSON', { code: 'malformed_json' })
  }
  if (code === 'FST_ERR_BAD_URL')
    return badRequest('the URL is not validly percent-encoded UTF-8', { code: 'bad_url' })
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status !== undefined && status >= 400 && status < 500)
    return new ApiError(status, 'bad_request', error.message)
  return undefined
}

/** The answer to a fault of ours; its stack goes to the log, under the same request id. */
export function internalError(requestId: string): ApiError {
  return new ApiError(500, 'internal', `internal error; the log has it under request id ${requestId}`)
}

const PARSER_REFUSALS: Readonly<Record<string, readonly [number, string, string, string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'headers_too_large',
    'the headers are too large',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'request_timeout', 'the request did not arrive in time'],
}

/** Answers bytes that are no HTTP request (a raw control character in the URL among them) with a JSON 400. */
export function answerClientError(error: Error & { code?: string; reason?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, text, code, message] = PARSER_REFUSALS[error.code ?? ''] ?? [
    400,
    'Bad Request',
    error.code === 'HPE_INVALID_URL' ? 'bad_url' : 'malformed_request',
    `the request is not valid HTTP: ${error.reason ?? error.message}`,
  ]
  const body = JSON.stringify({ error: { code, message } })
  const head = [
    `HTTP/1.1 ${status} ${text}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
