/** The routes of queryd: SQL in, rows out; and the list of tables. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type AppOptions, createApp, parseBody } from '../kit/app.ts'
import { ApiError, unavailable } from '../kit/errors.ts'
import type { Engine } from './engine.ts'
import type { Tables } from './tables.ts'

const bodySchema = z.strictObject({
  sql: z.string(),
  max_rows: z.int().positive().optional(),
})

export interface QuerydDeps {
  /** Undefined until DuckDB is open. */
  readonly engine: () => Pick<Engine, 'query'> | undefined
  readonly tables: () => Pick<Tables, 'list' | 'catalog'> | undefined
  readonly statementTimeoutMs: number
  readonly maxRows: number
  readonly maxChars: number
  readonly auth?: { readonly token?: string }
  readonly logger?: AppOptions['logger']
}

export function buildApp(deps: QuerydDeps): FastifyInstance {
  const catalog = () => deps.tables()?.catalog ?? { state: 'none', refreshed_at: null, reason: null }
  const isReady = (): boolean => catalog().refreshed_at !== null
  const notReadyReason = (): string => catalog().reason ?? 'the catalog is not read yet'
  const app = createApp({
    service: 'queryd',
    isReady,
    notReadyReason,
    ...(deps.auth === undefined ? {} : { auth: deps.auth }),
    ...(deps.logger === undefined ? {} : { logger: deps.logger }),
  })
  // A stale catalog is not a reason to be taken out of service, but it is one to be told of.
  app.addHook('preSerialization', async (request, _reply, payload: unknown) =>
    request.routeOptions.url === '/health' && typeof payload === 'object'
      ? { ...payload, catalog: catalog().state }
      : payload,
  )

  app.post('/v1/sql', async (request) => {
    const { sql, max_rows: maxRows = deps.maxRows } = parseBody(bodySchema, request.body)
    const engine = deps.engine()
    if (engine === undefined) throw starting()
    const limits = { maxRows: Math.min(maxRows, deps.maxRows), maxChars: deps.maxChars }
    const { signal, clear } = statementSignal(request, deps.statementTimeoutMs)
    try {
      return await engine.query(sql, { ...limits, signal })
    } finally {
      clear()
    }
  })

  app.get('/v1/tables', async () => {
    const tables = deps.tables()
    if (tables === undefined) throw starting()
    return { tables: tables.list(), catalog: tables.catalog }
  })
  return app
}

/** `isReady` keeps requests away before all is open; this is for the compiler, and for whoever changes that. */
const starting = () => unavailable('queryd is still starting', { code: 'starting' })

/** Aborts when the statement's time is over, or when nobody waits for its answer any more. */
function statementSignal(request: FastifyRequest, timeoutMs: number) {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const message = `the statement ran longer than ${timeoutMs} ms and was interrupted`
    controller.abort(new ApiError(504, 'statement_timeout', message))
  }, timeoutMs)
  const { socket } = request
  const leave = (): void =>
    controller.abort(new ApiError(499, 'client_closed_request', 'the client went away'))
  socket.once('close', leave)
  const clear = (): void => {
    clearTimeout(timer)
    socket.off('close', leave)
  }
  return { signal: controller.signal, clear }
}
