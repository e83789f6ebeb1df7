/** Runs vectord. It binds before it loads: a second copy dies at the address and never touches what is stored. */
import { loadConfig, serviceUrl } from '../kit/config.ts'
import { createObjectClient } from '../kit/objects.ts'
import { retry } from '../kit/retry.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'
import { DamagedError } from './segment.ts'
import { VectorStore } from './store.ts'

const service = 'vectord'
const config = loadConfig(service, configSchema)
const storaged = createUpstream({
  name: 'storaged',
  baseUrl: serviceUrl(config, service, 'storaged'),
  ...config.auth,
})
const store = new VectorStore({
  objects: createObjectClient(storaged),
  onProblem: (message, error) => app.log.warn({ err: error }, message),
})
const app = buildApp({ store, auth: config.auth })
const stopping = new AbortController()
async function stop(): Promise<void> {
  stopping.abort()
  await store.close()
}

async function load(): Promise<void> {
  await retry(() => store.load(), {
    signal: stopping.signal,
    isTemporary: (error) => !(error instanceof DamagedError),
    report: (reason) => app.log.warn({ reason }, 'storaged does not answer yet'),
  })
  app.log.info({ indexes: store.list().length }, 'loaded')
}

await serve(app, { service, bind: config.own.bind, auth: config.auth, onListening: load, onClose: stop })
