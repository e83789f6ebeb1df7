/**
 * SQL over a database's own protocol, through the optional packages `pg` and `mysql2`. They are looked for in the
 * daemon's project first and then beside the tool; neither is a dependency of the tool.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hasCode } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { whenAborted } from './when-aborted.ts'

type Rows = readonly (readonly unknown[])[]

export interface DriverQuery {
  /** `postgres://…`, `postgresql://…` or `mysql://…`. */
  readonly url: string
  readonly statement: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** The folder from which the package is looked for first. */
  readonly from: string
}

export interface DriverFault {
  readonly detail: string
  /** Trying again cannot help. */
  readonly fatal: boolean
}

// As much of the packages as is used here; both are untyped from where they are loaded.
interface Postgres {
  Client: new (
    o: object,
  ) => {
    on(event: 'error', listener: (error: Error) => void): unknown
    connect(): Promise<unknown>
    query(o: object): Promise<{ rows: Rows }>
    end(): Promise<void>
  }
}
interface MySql {
  createConnection(o: object): Promise<{
    on(event: 'error', listener: (error: Error) => void): unknown
    query(o: object): Promise<[Rows, unknown]>
    destroy(): void
  }>
}

/** Connects, runs one statement, disconnects. A database that does not answer (yet) is a fault that is not fatal. */
export async function queryDriver(query: DriverQuery): Promise<Result<Rows, DriverFault>> {
  const scheme = /^([a-z]+):\/\//i.exec(query.url)?.[1]?.toLowerCase()
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return await run<Postgres>('pg', scheme, query, queryPostgres)
  }
  if (scheme === 'mysql') return await run<MySql>('mysql2/promise', scheme, query, queryMySql)
  return err({ detail: `${scheme ?? query.url} is no database that can be asked`, fatal: true })
}

async function run<T>(
  name: string,
  scheme: string,
  query: DriverQuery,
  ask: (driver: T, query: DriverQuery) => Promise<Rows>,
): Promise<Result<Rows, DriverFault>> {
  const driver = await load<T>(name, query.from)
  const install = name.replace(/\/.*/, '')
  if (!driver) {
    return err({ detail: `${scheme}:// needs the package "${install}": npm install ${install}`, fatal: true })
  }
  try {
    const rows = await Promise.race([ask(driver, query), whenAborted(query.signal)])
    return rows === undefined ? err({ detail: 'no answer in time', fatal: false }) : ok(rows)
  } catch (error) {
    // Whatever a driver throws while the database comes up (refused, "the database system is starting up", a table
    // not yet there) is what was seen; the next attempt may see more.
    return err({ detail: error instanceof Error ? error.message || error.name : String(error), fatal: false })
  }
}

async function load<T>(name: string, from: string): Promise<T | undefined> {
  for (const base of [join(from, 'package.json'), import.meta.url]) {
    let path: string
    try {
      path = createRequire(base).resolve(name)
    } catch (error) {
      if (hasCode(error, 'MODULE_NOT_FOUND')) continue
      throw error
    }
    const module: { default?: T } = await import(pathToFileURL(path).href)
    return (module.default ?? module) as T
  }
  return undefined
}

async function queryPostgres(pg: Postgres, query: DriverQuery): Promise<Rows> {
  const client = new pg.Client({
    connectionString: query.url,
    connectionTimeoutMillis: query.timeoutMs,
    query_timeout: query.timeoutMs,
    application_name: 'smokechain',
  })
  // A connection that breaks rejects the query as well; unheard, this event would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query({ text: query.statement, rowMode: 'array' })
    return rows
  } finally {
    // Not waited for: a server that hangs must not hold up the next attempt, and the answer is known.
    client.end().catch(() => undefined)
  }
}

async function queryMySql(mysql: MySql, query: DriverQuery): Promise<Rows> {
  const connection = await mysql.createConnection({ uri: query.url, connectTimeout: query.timeoutMs })
  connection.on('error', () => undefined)
  try {
    const [rows] = await connection.query({
      sql: query.statement,
      rowsAsArray: true,
      timeout: query.timeoutMs,
    })
    return rows
  } finally {
    connection.destroy()
  }
}
