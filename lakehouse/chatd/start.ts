/** Runs chatd. */
import { loadConfig } from '../kit/config.ts'
import { messageOf } from '../kit/message-of.ts'
import { serve } from '../kit/serve.ts'
import { buildApp } from './app.ts'
import { configSchema, createProviders } from './config.ts'
import type { Provider } from './provider.ts'

const service = 'chatd'
const { own, auth, file } = loadConfig(service, configSchema)
let providers: ReadonlyMap<string, Provider>
try {
  providers = createProviders(own, process.env)
} catch (error) {
  process.stderr.write(`${service}: ${file}: ${messageOf(error)}\n`)
  process.exit(2)
}
await serve(buildApp({ providers, auth }), { service, bind: own.bind, auth })
