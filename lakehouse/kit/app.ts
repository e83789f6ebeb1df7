/** The HTTP application every daemon starts from: health, errors, request ids, authentication, logging. */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { z } from 'zod'
import { type ApiError, badRequest, notFound, unauthorized, unavailable } from './errors.ts'
import { describeIssues, faultyField } from './issues.ts'
import { createRouteTable } from './route-table.ts'
import { VERSION } from './version.ts'
import { answerClientError, internalError, toApiError } from './wire-errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler itself calls `acceptBody`, after it has decided to take the body. */
    lateContinue?: boolean
  }
}

export interface AppOptions {
  readonly service: string
  readonly auth?: { readonly token?: string }
  /** Bytes of a JSON body; default 1 MiB. */
  readonly bodyLimit?: number
  /** False: /health and every other route answer 503. Default: always ready. */
  readonly isReady?: () => boolean
  /** Why it is not ready, shown in the 503 of /health. */
  readonly notReadyReason?: () => string | undefined
  /** JSON lines go to stdout, to the given stream, or nowhere. Default stdout. */
  readonly logger?: boolean | { write(line: string): void }
  /** Gives the error for a URL whose percent-encoding is broken; default 400 `bad_url`. */
  readonly onBadUrl?: (rawUrl: string) => ApiError | undefined
}

/** What a daemon's `buildApp` passes through to `createApp`. */
export type CommonDeps = Pick<AppOptions, 'auth' | 'isReady' | 'notReadyReason' | 'logger'>

/** How long the rest of a refused body is read and thrown away, so that the client gets to see the answer. */
const LINGER_MS = 5_000

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Takes the caller's X-Request-Id over when it is short and harmless to log; otherwise makes one. */
function requestIdOf(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:/+=@-]{1,128}$/.test(given) ? given : randomUUID()
}

function loggerOptions(service: string, logger: AppOptions['logger']) {
  if (logger === false) return false
  const options = { level: 'info', base: { service } }
  return typeof logger === 'object' ? { ...options, stream: logger } : options
}

/** Requests with `Expect: 100-continue` whose client still waits for our word before it sends the body. */
const awaitingContinue = new WeakSet<IncomingMessage>()

/** Tells a client that asked (`Expect: 100-continue`) to send its body now. */
export function acceptBody(request: FastifyRequest, reply: FastifyReply): void {
  if (awaitingContinue.delete(request.raw)) reply.raw.writeContinue()
}

function sendError(reply: FastifyReply, error: ApiError): FastifyReply {
  // Fastify would close the connection under a client that is still sending; `linger` ends it in good order.
  reply.removeHeader('connection')
  // A body that was announced and then not asked for would be taken for the next request.
  if (awaitingContinue.has(reply.request.raw)) reply.header('connection', 'close')
  return reply
    .code(error.status)
    .headers(error.headers)
    .type('application/json; charset=utf-8')
    .send(error.toJSON())
}

/** Throws away what a refused client still sends, for a bounded time. */
function linger(request: FastifyRequest, isClosing: () => boolean): void {
  const { raw } = request
  if (raw.complete || raw.destroyed) return
  const timer = setTimeout(() => raw.destroy(), LINGER_MS).unref()
  raw.once('close', () => {
    clearTimeout(timer)
    // The server has closed its idle connections already; this one was not idle then.
    if (isClosing()) raw.socket.destroy()
  })
  raw.resume()
}

function logRequest(request: FastifyRequest, reply: FastifyReply, extra: object = {}): void {
  const { method, url } = request
  const path = url.split('?', 1)[0]
  const entry = { method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime), ...extra }
  // Readiness probes ask every few milliseconds.
  if (request.routeOptions.url === '/health') request.log.debug(entry, 'request')
  else request.log.info(entry, 'request')
}

/**
 * Bodies are checked with zod (`parseBody`), never by Fastify's own JSON schemas; their two compilers would be a
 * third of a daemon's start. A route that brings such a schema all the same is a mistake and refused.
 */
function refuseRouteSchemas(): never {
  throw new Error('routes of the platform have no Fastify schema: check bodies with parseBody')
}

export function createApp(options: AppOptions): FastifyInstance {
  const { service, isReady = () => true } = options
  const failed = (error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = toApiError(error)
    if (known === undefined) request.log.error({ err: error }, 'unexpected error')
    else if (known.status >= 500)
      request.log.warn({ code: known.code, reason: known.message }, 'request failed')
    return sendError(reply, known ?? internalError(request.id))
  }

  const app = Fastify({
    logger: loggerOptions(service, options.logger ?? true),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    bodyLimit: options.bodyLimit ?? 1_048_576,
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 16_384 },
    schemaController: {
      compilersFactory: {
        buildValidator: () => refuseRouteSchemas,
        buildSerializer: () => refuseRouteSchemas,
      },
    },
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      const special = error.code === 'FST_ERR_BAD_URL' ? options.onBadUrl?.(request.raw.url ?? '') : undefined
      failed(special ?? error, request, reply)
    },
  })
  // A body is JSON unless a daemon says otherwise; text/plain gets its 415.
  app.removeContentTypeParser('text/plain')
  const routes = createRouteTable(app)

  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })

  const expected = options.auth?.token === undefined ? undefined : digest(`Bearer ${options.auth.token}`)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // A client that leaves before it has the whole answer: no onResponse comes for it.
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished && request.socket.destroyed)
        logRequest(request, reply, { aborted: true })
    })
    if (closing) throw unavailable(`${service} is shutting down`, { code: 'shutting_down' })
    const open = request.routeOptions.url === '/health'
    if (open) return
    // Digests have one length, so the comparison's time tells nothing about the token.
    if (expected && !timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      throw unauthorized('this daemon demands Authorization: Bearer with its token', {
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
    if (!isReady()) throw unavailable(`${service} is still starting`, { code: 'starting' })
  })

  app.server.on('checkContinue', (request, response) => {
    awaitingContinue.add(request)
    app.routing(request, response)
  })
  app.addHook('preParsing', async (request, reply) => {
    if (request.routeOptions.config?.lateContinue !== true) acceptBody(request, reply)
  })

  app.addHook('onSend', async (_request, reply) => {
    // A kept-alive connection would hold the process back until the grace is over.
    if (closing) reply.header('connection', 'close')
  })

  app.addHook('onResponse', async (request, reply) => {
    linger(request, () => closing)
    logRequest(request, reply)
  })

  app.setErrorHandler(failed)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    sendError(
      reply,
      routes.methodNotAllowed(request.method, path) ?? notFound(`no route ${request.method} ${path}`),
    )
  })

  app.get('/health', async (_request, reply) => {
    if (isReady()) return { status: 'ok', service, version: VERSION }
    const reason = options.notReadyReason?.()
    reply.code(503).header('retry-after', '1')
    return { status: 'starting', service, version: VERSION, ...(reason === undefined ? {} : { reason }) }
  })
  return app
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const field = faultyField(parsed.error)
  throw badRequest(
    `${what}: ${describeIssues(parsed.error)}`,
    field === undefined ? {} : { details: { field } },
  )
}

/** The checked body, or 400 `bad_request` that names the `field`. Use `z.strictObject`: unknown fields are refused. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  return parse(schema, body, 'the body is invalid')
}

/** The checked query parameters, or 400 `bad_request` that names the `field`. All values arrive as strings. */
export function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  return parse(schema, query, 'the query is invalid')
}
