/** A daemon's life as a process: bind loudly, say where, stop in good order. */
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { type Bind, fail, failToListen, isLoopback, showBind } from './bind.ts'
import { messageOf } from './message-of.ts'

export interface ServeOptions {
  readonly service: string
  readonly bind: Bind
  readonly auth: { readonly token?: string }
  /**
   * Opens the daemon's data, once the address is ours: a second copy started by mistake must die on the taken
   * address before it touches files that the first one holds. A failure here ends the process (one line, exit 1).
   */
  readonly onListening?: () => Promise<void>
  /** After the last request: flush and close what the daemon holds. */
  readonly onClose?: () => Promise<void>
}

/** How long requests in flight may still take after SIGTERM. */
const GRACE_MS = 5_000

async function listen(app: FastifyInstance, { service, bind }: ServeOptions): Promise<void> {
  // Fastify would log a sentence of its own; ours is the first line and carries the address as a field.
  const { level } = app.log
  app.log.level = 'error'
  try {
    await app.listen(bind)
  } catch (error) {
    return failToListen(service, bind, error)
  }
  app.log.level = level
  const address = app.server.address()
  const bound =
    typeof address === 'object' && address !== null ? { host: address.address, port: address.port } : bind
  app.log.info({ address: showBind(bound), url: `http://${showBind(bound)}` }, 'listening')
}

/**
 * Binds and serves until SIGTERM or SIGINT. A non-loopback bind without a token: one line, exit 2. An address
 * that cannot be had: one line with address and reason, exit 1. Resolves once it listens.
 */
export async function serve(app: FastifyInstance, options: ServeOptions): Promise<void> {
  const { service, bind, auth, onClose } = options
  if (auth.token === undefined && !isLoopback(bind.host)) {
    fail(
      service,
      `refuses to bind ${showBind(bind)}: off loopback it needs [auth] token in the configuration`,
      2,
    )
  }
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    app.log.info({ signal }, 'stopping')
    const closed = app.close()
    const grace = new AbortController()
    // The abort only says that the grace is not needed any more.
    const expiry = delay(GRACE_MS, 'expired' as const, { signal: grace.signal }).catch(() => 'done' as const)
    if ((await Promise.race([closed.then(() => 'done' as const), expiry])) === 'expired') {
      app.log.warn('requests still in flight after the grace; closing their connections')
      app.server.closeAllConnections()
      await closed
    }
    grace.abort()
    await onClose?.()
    app.log.info('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        app.log.error({ err: error }, 'could not stop in good order')
        process.exit(1)
      })
    })
  }
  await listen(app, options)
  try {
    await options.onListening?.()
  } catch (error) {
    // Told to stop while it was still opening: that is no failure, and `stop` ends the process.
    if (stopping) return
    app.log.fatal({ err: error }, 'cannot start')
    fail(service, `cannot start: ${messageOf(error)}`, 1)
  }
}
