/** Runs observerd. It binds before it opens the log: a second copy dies at the address and never touches the file. */
import { join } from 'node:path'
import { loadConfig } from '../kit/config.ts'
import { loadStore } from '../kit/record-log.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'
import { EventStore } from './event-store.ts'
import { createNodeWork, REMOTE_DAEMONS } from './node-work.ts'

const service = 'observerd'
const { own, auth, services } = loadConfig(service, configSchema)
const upstreams = REMOTE_DAEMONS.flatMap((name) => {
  const baseUrl = services[name]
  return baseUrl === undefined ? [] : [[name, createUpstream({ name, baseUrl, ...auth })] as const]
})
const store = new EventStore(join(own.data, 'events.jsonl'))
const work = createNodeWork(Object.fromEntries(upstreams), own.node_timeout)
const app = buildApp({ store, work, auth })
await serve(app, {
  service,
  bind: own.bind,
  auth,
  onListening: () => loadStore(store, app.log, () => ({ events: store.events.length })),
  onClose: () => store.close(),
})
