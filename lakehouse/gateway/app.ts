/** The routes of the gateway: every owned prefix goes through, everything else is a 404 here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AppOptions, createApp } from '../kit/app.ts'
import { badGateway } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import { askHealth } from './health.ts'
import { proxyRequest } from './proxy.ts'
import { OWNERS, UPSTREAMS } from './routes.ts'

export interface GatewayDeps {
  /** Base URLs by daemon, without a trailing slash. One that is missing is "not configured". */
  readonly services: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** By owner, where it is another one. */
  readonly timeoutsMs?: Readonly<Record<string, number | undefined>>
  /** For `GET /v1/health`: a client with a short time-out. */
  readonly healthClient: (name: string, baseUrl: string) => Upstream
  readonly auth?: { readonly token?: string }
  readonly logger?: AppOptions['logger']
}

export function buildApp(deps: GatewayDeps): FastifyInstance {
  const { services, timeoutMs, timeoutsMs = {} } = deps
  const app = createApp({
    service: 'gateway',
    ...(deps.auth === undefined ? {} : { auth: deps.auth }),
    ...(deps.logger === undefined ? {} : { logger: deps.logger }),
  })

  const clients = new Map(
    UPSTREAMS.map((name) => {
      const url = services[name]
      return [name, url === undefined ? undefined : deps.healthClient(name, url)]
    }),
  )
  app.get('/v1/health', (request) => askHealth(clients, request.id))

  for (const [segment, owner] of Object.entries(OWNERS)) {
    // A hook rather than a handler: the body is still untouched here.
    const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const baseUrl = services[owner]
      if (baseUrl === undefined) {
        throw badGateway(owner, `${owner} is not configured: [services] has no URL for it`)
      }
      reply.hijack()
      proxyRequest({
        request: request.raw,
        response: reply.raw,
        upstream: owner,
        baseUrl,
        requestId: request.id,
        timeoutMs: timeoutsMs[owner] ?? timeoutMs,
      })
    }
    const unreachable = (): never => {
      throw new Error('the hook has taken the request over')
    }
    app.all(`/v1/${segment}`, { onRequest, exposeHeadRoute: false }, unreachable)
    app.all(`/v1/${segment}/*`, { onRequest, exposeHeadRoute: false }, unreachable)
  }
  return app
}
