/** Runs embedd. */
import { loadConfig } from '../kit/config.ts'
import { messageOf } from '../kit/message-of.ts'
import { serve } from '../kit/serve.ts'
import { buildApp } from './app.ts'
import { configSchema, createProvider } from './config.ts'
import type { Provider } from './provider.ts'

const service = 'embedd'
const { own, auth, file } = loadConfig(service, configSchema)
let provider: Provider
try {
  provider = createProvider(own, process.env)
} catch (error) {
  process.stderr.write(`${service}: ${file}: ${messageOf(error)}\n`)
  process.exit(2)
}
await serve(buildApp({ provider, cacheEntries: own.cache_entries, auth }), { service, bind: own.bind, auth })
