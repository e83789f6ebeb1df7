/** ingestd: binds. */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadConfig, serviceUrl } from '../kit/config.ts'
import { createObjectClient } from '../kit/objects.ts'
import { serve } from '../kit/serve.ts'
import { createUpstream } from '../kit/upstream.ts'
import { buildApp } from './app.ts'
import { createCatalog } from './catalog.ts'
import { defaultFolderPrefix, ingestdSchema } from './config.ts'
import type { ParquetWriter } from './parquet.ts'
import { openSpoolFolder, temporaryPath } from './spool.ts'

const service = 'ingestd'
const config = loadConfig(service, ingestdSchema)
const { own, auth } = config
const folder = own.data ?? (await mkdtemp(defaultFolderPrefix))

const upstream = (name: string) =>
  createUpstream({ name, baseUrl: serviceUrl(config, service, name), timeoutMs: own.timeout, ...auth })

// DuckDB takes longer to load than everything else together, and the first health probe does not need it.
let opening: Promise<ParquetWriter> | undefined
const writer = (): Promise<ParquetWriter> => {
  opening ??= import('./parquet.ts').then(({ openParquetWriter }) =>
    openParquetWriter(temporaryPath(folder), own.memory_limit),
  )
  return opening
}

let ready = false
const app = buildApp({
  catalog: createCatalog(upstream('catalogd')),
  objects: createObjectClient(upstream('storaged')),
  writer,
  folder,
  maxBodyBytes: own.max_body_bytes,
  auth,
  isReady: () => ready,
})
await serve(app, {
  service,
  bind: own.bind,
  auth,
  onListening: async () => {
    await openSpoolFolder(folder)
    ready = true
    await writer()
  },
  onClose: async () => {
    ;(await opening)?.close()
    if (own.data === undefined) await rm(folder, { recursive: true, force: true })
  },
})
