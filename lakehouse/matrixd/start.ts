/** Runs matrixd. It binds before it opens its log: a second copy dies at the address and never touches the file. */
import { join } from 'node:path'
import { loadConfig, serviceUrl } from '../kit/config.ts'
import { loadStore } from '../kit/record-log.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'
import { PlaybookStore } from './playbook-store.ts'

const service = 'matrixd'
const config = loadConfig(service, configSchema)
const { own, auth } = config
const upstream = (name: string) =>
  createUpstream({ name, baseUrl: serviceUrl(config, service, name), ...auth })
const store = new PlaybookStore(join(own.data, 'playbooks.jsonl'))
const app = buildApp({
  store,
  embedd: upstream('embedd'),
  vectord: upstream('vectord'),
  lift: { similarity: own.playbook.similarity, maxBoost: own.playbook.max_boost },
  strength: { strong: own.strong_models, weak: own.weak_models, strongFrom: own.strong_from_billions },
  threshold: own.relevance_threshold,
  auth,
})

const open = () => loadStore(store, app.log, () => ({ playbooks: store.list().length }))

await serve(app, { service, bind: own.bind, auth, onListening: open, onClose: () => store.close() })
