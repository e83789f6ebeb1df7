import { describe, expect, it } from 'vitest'
import { buildApp, type QuerydDeps } from './app.ts'
import type { QueryOptions } from './query.ts'
import type { CatalogState } from './tables.ts'

const FRESH: CatalogState = { state: 'fresh', refreshed_at: '2026-01-31T12:00:00.000Z', reason: null }
const ANSWER = { columns: [{ name: 'n', type: 'BIGINT' }], rows: [[1]], row_count: 1, truncated: false }

function app(overrides: Partial<QuerydDeps> = {}, catalog: CatalogState = FRESH) {
  const asked: (Omit<QueryOptions, 'signal'> & { sql: string })[] = []
  const built = buildApp({
    engine: () => ({
      query: async (sql, { signal: _, ...options }) => {
        asked.push({ sql, ...options })
        return ANSWER
      },
    }),
    tables: () => ({ list: () => [], catalog }),
    statementTimeoutMs: 10_000,
    maxRows: 100,
    maxChars: 5_000,
    logger: false,
    ...overrides,
  })
  const sql = (payload: object | string) =>
    built.inject({ method: 'POST', url: '/v1/sql', payload, headers: { 'content-type': 'application/json' } })
  return { built, sql, asked }
}

describe('POST /v1/sql', () => {
  it('answers with what the engine says', async () => {
    const { sql, asked } = app()
    const answer = await sql({ sql: 'SELECT 1 AS n' })
    expect([answer.statusCode, answer.json()]).toEqual([200, ANSWER])
    expect(asked).toEqual([{ sql: 'SELECT 1 AS n', maxRows: 100, maxChars: 5_000 }])
  })

  it('holds max_rows down to its own', async () => {
    const { sql, asked } = app()
    await sql({ sql: 'SELECT 1', max_rows: 7 })
    await sql({ sql: 'SELECT 1', max_rows: 1_000_000 })
    expect(asked.map(({ maxRows }) => maxRows)).toEqual([7, 100])
  })

  it.each([
    [{}, 'sql'],
    [{ sql: 1 }, 'sql'],
    [{ sql: 'SELECT 1', max_rows: 0 }, 'max_rows'],
    [{ sql: 'SELECT 1', max_rows: 1.5 }, 'max_rows'],
    [{ sql: 'SELECT 1', max_rows: '5' }, 'max_rows'],
    [{ sql: 'SELECT 1', limit: 5 }, 'limit'],
  ])('400 for %j, naming %s', async (body, field) => {
    const { sql, asked } = app()
    const answer = await sql(body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error.message).toContain(field)
    expect(asked).toEqual([])
  })

  it('400 for what is no JSON, 405 for GET', async () => {
    const { built, sql } = app()
    expect((await sql('{')).statusCode).toBe(400)
    expect((await built.inject('/v1/sql')).statusCode).toBe(405)
  })

  it('504 when the time is over, through the signal the engine is given', async () => {
    const { sql } = app({
      statementTimeoutMs: 1,
      engine: () => ({
        query: (_sql, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      }),
    })
    const answer = await sql({ sql: 'SELECT 1' })
    expect(answer.statusCode).toBe(504)
    expect(answer.json().error.code).toBe('statement_timeout')
  })
})

describe('before the catalog was read', () => {
  const none: CatalogState = { state: 'none', refreshed_at: null, reason: 'catalogd is not reachable' }

  it.each<[string, Partial<QuerydDeps>]>([
    ['DuckDB is not open', { engine: () => undefined, tables: () => undefined }],
    ['catalogd is not there', {}],
  ])('503 everywhere while %s', async (_why, overrides) => {
    const { built, sql } = app(overrides, none)
    expect((await sql({ sql: 'SELECT 1' })).statusCode).toBe(503)
    expect((await built.inject('/v1/tables')).statusCode).toBe(503)
    const health = await built.inject('/health')
    expect(health.statusCode).toBe(503)
    expect(health.json()).toMatchObject({ service: 'queryd', status: 'starting', catalog: 'none' })
  })
})

describe('GET /health and /v1/tables', () => {
  it('stays in service on a stale catalog, and says so', async () => {
    const stale: CatalogState = { ...FRESH, state: 'stale', reason: 'catalogd is not reachable' }
    const { built, sql } = app({}, stale)
    const health = await built.inject('/health')
    expect([health.statusCode, health.json()]).toEqual([
      200,
      { status: 'ok', service: 'queryd', version: expect.any(String), catalog: 'stale' },
    ])
    expect((await sql({ sql: 'SELECT 1' })).statusCode).toBe(200)
    expect((await built.inject('/v1/tables')).json()).toEqual({ tables: [], catalog: stale })
  })

  it('demands the token for everything but /health', async () => {
    const { built } = app({ auth: { token: 't' } })
    expect((await built.inject('/v1/tables')).statusCode).toBe(401)
    expect((await built.inject('/health')).statusCode).toBe(200)
  })
})
