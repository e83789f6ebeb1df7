/** queryd: binds, opens DuckDB, follows the catalog. */
import { resolve } from 'node:path'
import { loadConfig, serviceUrl } from '../kit/config.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { openCache } from './cache.ts'
import { createCatalogClient } from './catalog-client.ts'
import { querydSchema } from './config.ts'
import type { Engine } from './engine.ts'
import { createTables, type Tables } from './tables.ts'
import { runTicker } from './ticker.ts'

const service = 'queryd'
const config = loadConfig(service, querydSchema)
const { own, auth } = config
const upstream = (name: string) =>
  createUpstream({ name, baseUrl: serviceUrl(config, service, name), timeoutMs: own.timeout, ...auth })
const catalogd = upstream('catalogd')
const storaged = upstream('storaged')

let engine: Engine | undefined
let tables: Tables | undefined
let ticking: Promise<void> | undefined
const stopping = new AbortController()

const app = buildApp({
  engine: () => engine,
  tables: () => tables,
  statementTimeoutMs: own.statement_timeout,
  maxRows: own.max_rows,
  maxChars: own.max_answer_bytes,
  auth,
})
app.addHook('preClose', async () => stopping.abort())

await serve(app, {
  service,
  bind: own.bind,
  auth,
  async onListening() {
    // DuckDB takes longer to load than all the rest; the address is bound and answers 503 meanwhile.
    const { openEngine } = await import('./engine.ts')
    const cacheFolder = resolve(own.data, 'cache')
    engine = await openEngine({
      cacheFolder,
      spillFolder: resolve(own.data, 'spill'),
      memoryLimitBytes: own.memory_limit,
      threads: own.threads,
      concurrency: own.concurrency,
    })
    const cache = await openCache(cacheFolder, storaged, own.fetch_timeout)
    tables = createTables({
      catalog: createCatalogClient(catalogd, own.timeout),
      cache,
      engine,
      report: ({ message, dataset }) => app.log.warn({ dataset }, message),
    })
    ticking = runTicker(tables.refresh, {
      everyMs: own.refresh,
      signal: stopping.signal,
      onError: (error) => app.log.error({ err: error }, 'the refresh failed'),
    })
  },
  async onClose() {
    await ticking
    engine?.close()
  },
})
