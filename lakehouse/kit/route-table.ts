/** Which methods a path knows: the difference between 404 and 405. */
import type { FastifyInstance } from 'fastify'
import { ApiError } from './errors.ts'

export interface RouteTable {
  /** 405 with Allow when the path exists with other methods; undefined when it does not exist at all. */
  methodNotAllowed(method: string, path: string): ApiError | undefined
}

/** `/v1/x/:id/*` as an expression that matches whole paths. */
function toPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/')
  return new RegExp(`^${source}$`, 's')
}

/** Watches the routes as they are registered; so create it before the first. */
export function createRouteTable(app: FastifyInstance): RouteTable {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() }
    for (const name of [method].flat()) route.methods.add(name)
    routes.set(url, route)
  })
  return {
    methodNotAllowed(method, path) {
      const allowed = [...routes.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap((r) => [...r.methods])
      if (allowed.length === 0) return undefined
      const allow = [...new Set(allowed)].sort().join(', ')
      return new ApiError(405, 'method_not_allowed', `${path} takes ${allow}, not ${method}`, {
        headers: { allow },
      })
    },
  }
}
