import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Engine, openEngine, type ViewSpec } from './engine.ts'

let folder: string
let engine: Engine

const never = new AbortController().signal
const query = (sql: string, options: { maxRows?: number; maxChars?: number; signal?: AbortSignal } = {}) =>
  engine.query(sql, { maxRows: 100, maxChars: 1_000_000, signal: never, ...options })
const cell = async (sql: string) => (await query(sql)).rows[0]?.[0]
const codeOf = (sql: string): Promise<string> =>
  query(sql).then(
    () => 'ran',
    (error: unknown) => String(error instanceof Error && 'code' in error ? error.code : error),
  )

const COLUMNS = [
  { name: 'id', type: 'BIGINT' },
  { name: 'na"me', type: 'VARCHAR' },
]
const view = (name: string, file: string): ViewSpec => ({
  name,
  columns: COLUMNS,
  files: [join(folder, 'cache', file)],
})

async function writeParquet(file: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT range AS id, 'n' || range AS "na""me" FROM range(${rows})) TO '${join(folder, 'cache', file)}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queryd-engine-'))
  await mkdir(join(folder, 'cache'))
  await writeFile(join(folder, 'secret.csv'), 'a\n1\n')
  await writeParquet('three.parquet', 3)
  await writeParquet('five.parquet', 5)
  engine = await openEngine({
    cacheFolder: join(folder, 'cache'),
    spillFolder: join(folder, 'spill'),
    memoryLimitBytes: 128 * 2 ** 20,
    threads: 2,
    concurrency: 2,
  })
  await engine.swapViews([view('orders', 'three.parquet')], [])
})
afterAll(async () => {
  engine.close()
  await rm(folder, { recursive: true })
})

describe('statements that may run', () => {
  it('reads a view: names, types, rows', async () => {
    expect(await query('SELECT * FROM orders ORDER BY id LIMIT 1')).toEqual({
      columns: COLUMNS,
      rows: [[0, 'n0']],
      row_count: 1,
      truncated: false,
    })
  })

  it.each([
    'SELECT 1',
    'SELECT 1;',
    ' -- a remark\nSELECT 1 /* another */ ; ',
    'VALUES (1)',
    'FROM orders',
    'TABLE orders',
    'WITH t AS (SELECT 1) SELECT * FROM t',
    'DESCRIBE orders',
    'SUMMARIZE orders',
    'SHOW TABLES',
    'PIVOT orders ON id IN (1, 2)',
    'SELECT * FROM range(3), generate_series(1, 2), unnest([1])',
    "SELECT * FROM json_each('{}')",
    'SELECT * FROM information_schema.columns',
    'SELECT * FROM orders USING SAMPLE 1 ROWS',
  ])('%s', async (sql) => expect(await codeOf(sql)).toBe('ran'))

  it('says truncated only when there is more', async () => {
    expect(await query('FROM range(5)', { maxRows: 5 })).toMatchObject({ row_count: 5, truncated: false })
    expect(await query('FROM range(6)', { maxRows: 5 })).toMatchObject({ row_count: 5, truncated: true })
    expect(await query('FROM range(100000)', { maxRows: 4096 })).toMatchObject({
      row_count: 4096,
      truncated: true,
    })
    expect(await query('FROM range(0)', { maxRows: 1 })).toMatchObject({ rows: [], truncated: false })
  })

  it('keeps columns of the same name apart', async () => {
    expect(await query('SELECT 1 AS a, 2 AS a')).toMatchObject({ rows: [[1, 2]] })
  })
})

describe('statements that may not', () => {
  it.each([
    ['SELEC 1', 'sql_error'],
    ['SELECT nope FROM orders', 'sql_error'],
    ['SELECT * FROM nope', 'sql_error'],
    ["SELECT 'x'::INT", 'sql_error'],
    ['SELECT $1', 'sql_error'],
    ["SELECT error('x')", 'sql_error'],
    ["SELECT 'a\u0000b'", 'sql_error'],
    [`SELECT ${'('.repeat(200_000)}1${')'.repeat(200_000)}`, 'sql_error'],
    ['', 'empty_statement'],
    ['  ;  -- nothing', 'empty_statement'],
    ['SELECT 1; SELECT 2', 'multiple_statements'],
    ['SELECT 1; DROP VIEW orders', 'multiple_statements'],
    ['PIVOT orders ON id', 'multiple_statements'],
    ['CREATE TABLE t AS SELECT 1', 'not_read_only'],
    ['CREATE TEMP TABLE t AS SELECT 1', 'not_read_only'],
    ['CREATE OR REPLACE VIEW orders AS SELECT 1', 'not_read_only'],
    ['CREATE MACRO f() AS 1', 'not_read_only'],
    ['DROP VIEW orders', 'not_read_only'],
    ['ALTER VIEW orders RENAME TO o', 'not_read_only'],
    ["COMMENT ON VIEW orders IS 'x'", 'not_read_only'],
    ['INSERT INTO orders VALUES (1)', 'not_read_only'],
    ['UPDATE orders SET id = 1', 'not_read_only'],
    ['DELETE FROM orders', 'not_read_only'],
    ['EXPLAIN SELECT 1', 'not_read_only'],
    ['EXPLAIN ANALYZE SELECT 1', 'not_read_only'],
    ["COPY orders TO '/tmp/queryd-leak.csv'", 'not_read_only'],
    ["ATTACH '/tmp/queryd-leak.db'", 'not_read_only'],
    ["ATTACH ':memory:' AS m", 'not_read_only'],
    ['DETACH memory', 'not_read_only'],
    ['USE memory', 'not_read_only'],
    ['INSTALL httpfs', 'not_read_only'],
    ['LOAD httpfs', 'not_read_only'],
    ['SET threads = 1', 'not_read_only'],
    ['SET VARIABLE a = 1', 'not_read_only'],
    ['RESET threads', 'not_read_only'],
    ['PRAGMA version', 'not_read_only'],
    ['PRAGMA database_list', 'not_read_only'],
    ["PRAGMA import_database('/tmp')", 'sql_error'],
    ["CALL enable_logging(storage = 'file')", 'not_read_only'],
    ['CHECKPOINT', 'not_read_only'],
    ['VACUUM', 'not_read_only'],
    ['BEGIN', 'not_read_only'],
    ['COMMIT', 'not_read_only'],
    ['ROLLBACK', 'not_read_only'],
    ['PREPARE p AS SELECT 1', 'not_read_only'],
    ['EXECUTE p', 'not_read_only'],
    ["EXPORT DATABASE '/tmp/queryd-leak'", 'not_read_only'],
    ["SELECT * FROM read_csv('/etc/passwd')", 'forbidden_function'],
    ["SELECT * FROM READ_CSV_AUTO('/etc/passwd')", 'forbidden_function'],
    ["SELECT (SELECT max(content) FROM read_text('/etc/passwd'))", 'forbidden_function'],
    ["WITH t AS (FROM read_blob('/proc/self/environ')) FROM t", 'forbidden_function'],
    ["SELECT 1 UNION ALL SELECT content FROM read_text('/etc/passwd')", 'forbidden_function'],
    ["SELECT * FROM orders WHERE EXISTS (FROM glob('/*'))", 'forbidden_function'],
    ["FROM sniff_csv('/etc/passwd')", 'forbidden_function'],
    ["FROM parquet_schema('x')", 'forbidden_function'],
    ["FROM query('DROP VIEW orders')", 'forbidden_function'],
    ["FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", 'forbidden_function'],
    ["FROM enable_logging(storage = 'file')", 'forbidden_function'],
    ['FROM checkpoint()', 'forbidden_function'],
    ['FROM duckdb_settings()', 'forbidden_function'],
    ['FROM duckdb_secrets()', 'forbidden_function'],
    ["SELECT getenv('HOME')", 'forbidden_function'],
    ["SELECT current_setting('temp_directory')", 'forbidden_function'],
    ["SELECT write_log('x')", 'forbidden_function'],
    ["SELECT system.main.WRITE_LOG('x')", 'forbidden_function'],
    ['SELECT pg_sleep(1000)', 'forbidden_function'],
  ])('%j: %s', async (sql, code) => expect(await codeOf(sql)).toBe(code))

  it('files outside the cache do not exist for a FROM that names them [claim:read-only-sql]', async () => {
    for (const path of [
      `${folder}/secret.csv`,
      `${folder}/cache/../secret.csv`,
      '/etc/passwd',
      'http://127.0.0.1:1/x.csv',
    ]) {
      expect(await codeOf(`SELECT * FROM '${path}'`)).toBe('sql_error')
    }
  })

  it('and after all of that everything is as it was', async () => {
    expect(await cell('SELECT count(*) FROM orders')).toBe(3)
    expect((await query('SHOW TABLES')).rows).toEqual([['orders']])
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['five.parquet', 'three.parquet'])
  })

  it("gives DuckDB's own message", async () => {
    await expect(query('SELECT nope FROM orders')).rejects.toThrow(
      /Binder Error: Referenced column "nope" not found/,
    )
    await expect(query('SELEC 1')).rejects.toThrow(/^Parser Error: syntax error at or near "SELEC"\s+LINE 1/)
  })
})

describe('limits', () => {
  const timeUp = (): AbortSignal => AbortSignal.timeout(50)

  it.each([
    'SELECT count(*) FROM range(1000000000000) a, range(1000000) b',
    'SELECT * FROM range(1000000000000) ORDER BY hash(range)',
    'WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT count(*) FROM t',
  ])('interrupts %s, with the reason it is given', async (sql) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    timeUp().addEventListener('abort', () => controller.abort(reason))
    await expect(query(sql, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('waits for its turn, gives it back after a failure, and leaves the queue when told to', async () => {
    const endless = 'SELECT count(*) FROM range(1000000000000) a, range(1000000) b'
    const controller = new AbortController()
    const running = [1, 2].map(() => query(endless, { signal: controller.signal }).catch(() => 'stopped'))
    await expect(query('SELECT 1', { signal: timeUp() })).rejects.toThrow()
    expect(engine.running).toBe(2)
    const next = cell('SELECT 42')
    controller.abort(new Error('enough'))
    expect(await Promise.all(running)).toEqual(['stopped', 'stopped'])
    expect(await next).toBe(42)
    expect(engine.running).toBe(0)
  })

  it('does not start when it is already too late', async () => {
    await expect(query('SELECT 1', { signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late')
  })

  it('refuses an answer that is too large rather than to hold it', async () => {
    await expect(
      query("SELECT repeat('x', 1000) FROM range(50)", { maxChars: 10_000 }),
    ).rejects.toMatchObject({
      status: 400,
      code: 'result_too_large',
    })
  })
})

describe('views', () => {
  it('tells why a view cannot be made, and changes nothing', async () => {
    expect(await engine.tryView(view('x', 'five.parquet'))).toBeUndefined()
    expect(await engine.tryView(view('x', 'missing.parquet'))).toMatch(/missing\.parquet/)
    expect(
      await engine.tryView({ ...view('x', 'five.parquet'), columns: [{ name: 'no', type: 'DATE' }] }),
    ).toMatch(/no/)
    expect(await codeOf('FROM x')).toBe('sql_error')
  })

  it('swaps all or nothing', async () => {
    const broken = { ...view('b', 'five.parquet'), columns: [{ name: 'no', type: 'DATE' }] }
    await expect(engine.swapViews([view('a', 'five.parquet'), broken], ['orders'])).rejects.toThrow()
    expect((await query('SHOW TABLES')).rows).toEqual([['orders']])
    await engine.swapViews([view('a', 'five.parquet'), view('select', 'three.parquet')], ['orders'])
    expect((await query('SHOW TABLES')).rows).toEqual([['a'], ['select']])
    await engine.swapViews([view('orders', 'three.parquet')], ['a', 'select', 'never-was'])
    expect((await query('SHOW TABLES')).rows).toEqual([['orders']])
  })
})
