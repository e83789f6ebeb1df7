/** DuckDB, locked down: views over Parquet files of one folder, and single SELECTs by strangers. */
import { mkdir, rm } from 'node:fs/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { messageOf } from '../kit/message-of.ts'
import { quoteName, quoteText } from '../kit/quote-sql.ts'
import { type QueryOptions, type QueryResult, runQuery } from './query.ts'
import { createSlots } from './slots.ts'

export interface EngineOptions {
  /** Absolute path of the only folder that SQL may read. */
  readonly cacheFolder: string
  /** For what does not fit into memory; emptied. */
  readonly spillFolder: string
  readonly memoryLimitBytes: number
  readonly threads: number
  /** Statements that run at the same time. */
  readonly concurrency: number
}

/** A view to be: its columns, and where their rows are. */
export interface ViewSpec {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Absolute paths of Parquet files; all have these columns. */
  readonly files: readonly string[]
}

export interface Engine {
  query(sql: string, options: QueryOptions): Promise<QueryResult>
  /** Whether the view could be made; the reason when not. Changes nothing. */
  tryView(view: ViewSpec): Promise<string | undefined>
  /** Makes and drops views in one transaction: a statement sees all of it or nothing. */
  swapViews(put: readonly ViewSpec[], drop: readonly string[]): Promise<void>
  /** Statements that run now. */
  readonly running: number
  close(): void
}

function selectOf({ columns, files }: ViewSpec): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ')
  return `SELECT ${names} FROM read_parquet([${files.map(quoteText).join(', ')}])`
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { cacheFolder, spillFolder, memoryLimitBytes, threads, concurrency } = options
  await mkdir(cacheFolder, { recursive: true })
  // What a killed predecessor spilled is of no use to anybody.
  await rm(spillFolder, { recursive: true, force: true })
  await mkdir(spillFolder, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    temp_directory: spillFolder,
    memory_limit: `${Math.round(memoryLimitBytes / 1024)}KiB`,
    threads: String(threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const admin = await instance.connect()
  // What DuckDB shows and truncates does not hang on the machine's zone.
  await admin.run("SET GLOBAL TimeZone = 'UTC'")
  await admin.run(`SET allowed_directories = [${quoteText(`${cacheFolder}/`)}]`)
  await admin.run('SET enable_external_access = false')
  await admin.run('SET lock_configuration = true')
  const slots = createSlots(concurrency)

  return {
    async query(sql, given) {
      const release = await slots.take(given.signal)
      // A connection of its own: nothing of one request, not even a failed transaction, meets the next one.
      let connection: DuckDBConnection | undefined
      try {
        connection = await instance.connect()
        return await runQuery(connection, sql, given)
      } finally {
        connection?.closeSync()
        release()
      }
    },

    async tryView(view) {
      try {
        const prepared = await admin.prepare(selectOf(view))
        prepared.destroySync()
        return undefined
      } catch (error) {
        return messageOf(error)
      }
    },

    async swapViews(put, drop) {
      await admin.run('BEGIN TRANSACTION')
      try {
        for (const name of drop) await admin.run(`DROP VIEW IF EXISTS ${quoteName(name)}`)
        for (const view of put) {
          await admin.run(`CREATE OR REPLACE VIEW ${quoteName(view.name)} AS ${selectOf(view)}`)
        }
        await admin.run('COMMIT')
      } catch (error) {
        await admin.run('ROLLBACK')
        throw error
      }
    },

    get running() {
      return slots.taken
    },

    close() {
      admin.closeSync()
      instance.closeSync()
    },
  }
}
