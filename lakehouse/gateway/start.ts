/** gateway: binds. */
import { loadConfig } from '../kit/config.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { gatewaySchema } from './config.ts'

const { own, services, auth } = loadConfig('gateway', gatewaySchema)
const app = buildApp({
  services,
  timeoutMs: own.timeout,
  timeoutsMs: own.timeouts,
  healthClient: (name, baseUrl) => createUpstream({ name, baseUrl, timeoutMs: own.health_timeout, ...auth }),
  auth,
})
await serve(app, { service: 'gateway', bind: own.bind, auth })
