/** One statement of a stranger: checked, run in a read-only transaction, read up to its limits. */
import { type DuckDBConnection, type DuckDBResult, StatementType } from '@duckdb/node-api'
import { ApiError, badRequest } from '../kit/errors.ts'
import { messageOf } from '../kit/message-of.ts'
import { checkStatements, manyStatements, notReadOnly, type Serialized } from './guard.ts'
import { type Json, toJson } from './json-values.ts'

export interface QueryOptions {
  /** Rows in the answer; at least 1. */
  readonly maxRows: number
  /** Characters in the answer's values, roughly. */
  readonly maxChars: number
  /** Ends the statement; its reason is what the caller gets. */
  readonly signal: AbortSignal
}

/** The answer, as it goes over the wire. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly Json[])[]
  readonly row_count: number
  /** There are more rows than these. */
  readonly truncated: boolean
}

/** An interrupt that comes between two of DuckDB's tasks is forgotten, so it is repeated until it is heard. */
const INTERRUPT_EVERY_MS = 20

/** Throws 400 for bad or forbidden SQL, with DuckDB's message; the signal's reason when it is aborted. */
export async function runQuery(
  connection: DuckDBConnection,
  sql: string,
  options: QueryOptions,
): Promise<QueryResult> {
  const { signal } = options
  let repeat: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    connection.interrupt()
    repeat ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS)
  }
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    signal.throwIfAborted()
    await checkSql(connection, sql)
    return await runSelect(connection, sql, options)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof ApiError ? error : sqlError(error)
  } finally {
    clearInterval(repeat)
    signal.removeEventListener('abort', interrupt)
  }
}

async function checkSql(connection: DuckDBConnection, sql: string): Promise<void> {
  // DuckDB's C interface reads up to the first NUL, its JSON function beyond it; nobody needs the difference.
  if (sql.includes('\0')) throw badRequest('the SQL holds a NUL character', { code: 'sql_error' })
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  const serialized = JSON.parse(String(reader.value(0, 0))) as Serialized
  if (!serialized.error) return checkStatements(serialized.statements)
  // No tree: bad syntax, of which DuckDB tells more when asked directly, or a statement that is no SELECT.
  const { count } = await connection.extractStatements(sql)
  throw count > 1 ? manyStatements(count) : notReadOnly()
}

async function runSelect(
  connection: DuckDBConnection,
  sql: string,
  options: QueryOptions,
): Promise<QueryResult> {
  await connection.run('BEGIN TRANSACTION READ ONLY')
  const prepared = await (await connection.extractStatements(sql)).prepare(0)
  if (prepared.statementType !== StatementType.SELECT) throw notReadOnly()
  const result = await prepared.stream()
  const types = result.columnTypes()
  const columns = result.columnNames().map((name, index) => ({ name, type: nameType(types[index]) }))
  const { rows, truncated } = await readRows(result, options)
  return { columns, rows, row_count: rows.length, truncated }
}

const nameType = (type: { alias?: string; toString(): string } | undefined): string =>
  type?.alias ?? String(type)

async function readRows(result: DuckDBResult, { maxRows, maxChars, signal }: QueryOptions) {
  const types = result.columnTypes()
  const rows: Json[][] = []
  let chars = 0
  for (;;) {
    signal.throwIfAborted()
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { rows, truncated: false }
    for (let index = 0; index < chunk.rowCount; index += 1) {
      if (rows.length === maxRows) return { rows, truncated: true }
      const row = chunk.getRowValues(index).map((value, column) => {
        const type = types[column]
        return type === undefined ? null : toJson(value, type)
      })
      chars += sizeOf(row)
      if (chars > maxChars) throw tooMuch(maxChars)
      rows.push(row)
    }
  }
}

/** Roughly the characters of a row in the answer. */
function sizeOf(row: readonly Json[]): number {
  let size = 0
  for (const value of row) {
    if (typeof value === 'string') size += value.length
    else size += typeof value === 'object' && value !== null ? JSON.stringify(value).length : 8
  }
  return size
}

function tooMuch(maxChars: number): ApiError {
  return badRequest(`the answer is larger than ${maxChars} characters; select less, or use max_rows`, {
    code: 'result_too_large',
  })
}

function sqlError(error: unknown): ApiError {
  const message = messageOf(error)
  return badRequest(message.replace(/^Failed to extract statements: /, ''), {
    code: 'sql_error',
    cause: error,
  })
}
