/** Runs pathwayd. It binds before it opens the log: a second copy dies at the address and never touches the file. */
import { join } from 'node:path'
import { loadConfig } from '../kit/config.ts'
import { loadStore } from '../kit/record-log.ts'
import { serve } from '../kit/serve.ts'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'
import { TraceStore } from './store.ts'

const service = 'pathwayd'
const { own, auth } = loadConfig(service, configSchema)
const store = new TraceStore(join(own.data, 'traces.jsonl'))
const app = buildApp({ store, auth })

const open = () => loadStore(store, app.log, () => ({ traces: store.stats().traces }))

await serve(app, { service, bind: own.bind, auth, onListening: open, onClose: () => store.close() })
