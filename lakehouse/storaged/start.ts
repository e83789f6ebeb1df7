/** storaged: binds, opens its store, serves. */
import { loadConfig } from '../kit/config.ts'
import { serve } from '../kit/serve.ts'
import { buildApp } from './app.ts'
import { storagedSchema } from './config.ts'
import { createStore } from './create-store.ts'

const { own, auth } = loadConfig('storaged', storagedSchema)

let ready = false
let reason: string | undefined
const stopping = new AbortController()

const store = await createStore(own.store, (cause) => {
  reason = cause
  app.log.warn({ cause }, 'the store is not reachable yet')
})
const app = buildApp({
  store,
  maxObjectBytes: own.max_object_bytes,
  maxUploads: own.max_uploads,
  retryAfterS: own.retry_after_s,
  uploadIdleTimeoutMs: own.upload_idle_timeout,
  auth,
  isReady: () => ready,
  notReadyReason: () => reason,
})

app.addHook('preClose', async () => stopping.abort())
await serve(app, {
  service: 'storaged',
  bind: own.bind,
  auth,
  async onListening() {
    await store.open(stopping.signal)
    ready = true
    app.log.info({ store: own.store.kind }, 'ready')
  },
  onClose: () => store.close(),
})
