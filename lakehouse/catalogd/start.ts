/** catalogd: binds, loads the manifests from storaged, serves. */
import { loadConfig, serviceUrl } from '../kit/config.ts'
import { createObjectClient } from '../kit/objects.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { createCatalog } from './catalog.ts'
import { catalogdSchema } from './config.ts'

const config = loadConfig('catalogd', catalogdSchema)
const { own, auth } = config
const baseUrl = serviceUrl(config, 'catalogd', 'storaged')
const storaged = createUpstream({ name: 'storaged', baseUrl, timeoutMs: own.storaged_timeout, ...auth })
const catalog = createCatalog(createObjectClient(storaged))

let ready = false
let reason: string | undefined
const stopping = new AbortController()
const app = buildApp({ catalog, auth, isReady: () => ready, notReadyReason: () => reason })

app.addHook('preClose', async () => stopping.abort())
await serve(app, {
  service: 'catalogd',
  bind: own.bind,
  auth,
  async onListening() {
    await catalog.load({
      signal: stopping.signal,
      report(cause) {
        reason = cause
        app.log.warn({ cause }, 'waiting for storaged')
      },
    })
    ready = true
    app.log.info({ datasets: catalog.list().length }, 'ready')
  },
})
