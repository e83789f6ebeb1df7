/** For tests: ingestd before a storaged and a catalogd in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DuckDBInstance } from '@duckdb/node-api'
import { badGateway } from '../kit/errors.ts'
import type { ObjectClient } from '../kit/objects.ts'
import { buildApp } from './app.ts'
import type { Catalog, Dataset } from './catalog.ts'
import { openParquetWriter, type ParquetWriter } from './parquet.ts'

export interface RigOptions {
  readonly maxBodyBytes?: number
  readonly memoryLimitBytes?: number
  /** Runs before a registration is looked at: the place for a race or a fault. */
  readonly beforeRegister?: (datasets: Map<string, Dataset>) => void
}

export async function startRig(options: RigOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ingestd-test-'))
  const objects = new Map<string, Buffer>()
  const datasets = new Map<string, Dataset>()
  let opened: Promise<ParquetWriter> | undefined
  const app = buildApp({
    catalog: memoryCatalog(datasets, options.beforeRegister),
    objects: memoryObjects(objects),
    writer: () => {
      opened ??= openParquetWriter(folder, options.memoryLimitBytes ?? 2 ** 28)
      return opened
    },
    folder,
    maxBodyBytes: options.maxBodyBytes ?? 1_000_000,
    logger: false,
  })
  const ingest = async (dataset: string, payload: string | Buffer | Readable, type = 'text/csv') => {
    const headers = type === '' ? {} : { 'content-type': type }
    const answer = await app.inject({ method: 'POST', url: `/v1/ingest/${dataset}`, headers, payload })
    return { status: answer.statusCode, body: answer.json() }
  }
  return {
    app,
    ingest,
    objects,
    datasets,
    folder,
    /** What DuckDB reads from the object: type names and rows as text. */
    read: (key: string) => readParquet(folder, objects.get(key)),
    async [Symbol.asyncDispose]() {
      await app.close()
      ;(await opened)?.close()
      await rm(folder, { recursive: true })
    },
  }
}

function memoryObjects(objects: Map<string, Buffer>): ObjectClient {
  return {
    async put(key, bytes) {
      objects.set(key, Buffer.from(bytes))
      return { key, size: bytes.length, sha256: '' }
    },
    get: async (key) => objects.get(key),
    head: async () => undefined,
    delete: async (key) => objects.delete(key),
    list: () => {
      throw badGateway('storaged', 'not used')
    },
  }
}

function memoryCatalog(datasets: Map<string, Dataset>, before: RigOptions['beforeRegister']): Catalog {
  return {
    find: async (name) => datasets.get(name),
    async register({ name, columns, fingerprint, object }) {
      before?.(datasets)
      const old = datasets.get(name)
      if (old !== undefined && JSON.stringify(old.columns) !== JSON.stringify(columns)) return { ok: false }
      const id = old?.id ?? `id-${name}`
      const objects = [...(old?.objects ?? []), object]
      datasets.set(name, { id, name, columns: [...columns], fingerprint, objects })
      return { ok: true, id }
    },
  }
}

async function readParquet(folder: string, bytes: Buffer | undefined) {
  if (bytes === undefined) throw new Error('no such object')
  const { writeFile } = await import('node:fs/promises')
  const path = join(folder, 'read.parquet')
  await writeFile(path, bytes)
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`)
  const rows = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM '${path}'`)
  const codecs = await connection.runAndReadAll(
    `SELECT DISTINCT compression FROM parquet_metadata('${path}')`,
  )
  connection.closeSync()
  instance.closeSync()
  return {
    types: described.getRows().map(([name, type]) => `${name} ${type}`),
    rows: rows.getRows(),
    codecs: codecs.getRows().flat(),
  }
}
