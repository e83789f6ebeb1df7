/**
 * Which statements may run: one SELECT that calls no table function beyond a known few. Works on the syntax tree
 * that DuckDB itself makes of the text (`json_serialize_sql`), so that nothing hangs on how a statement is spelled.
 *
 * It stands before the engine's own locks (no external access, read-only transactions): SELECT can call table
 * functions that write, such as `enable_logging(storage = 'file')`, and those locks let that one through.
 */
import { type ApiError, badRequest } from '../kit/errors.ts'

/** Table functions that touch nothing but their arguments and the catalog of views. */
const TABLE_FUNCTIONS = new Set([
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_schemas',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
  'generate_series',
  'json_each',
  'json_tree',
  'pragma_table_info',
  'pragma_version',
  'range',
  'repeat',
  'repeat_row',
  'unnest',
])

/** Scalar functions that have an effect, only waste time, or tell about the host. */
const REFUSED_FUNCTIONS = new Set(['current_setting', 'getenv', 'getvariable', 'pg_sleep', 'write_log'])

/** DuckDB's tree of a statement, as far as it is looked at here. */
interface Node {
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The answer of `json_serialize_sql`: the trees of all statements, or why there are none. */
export type Serialized =
  | { readonly error: false; readonly statements: readonly unknown[] }
  | { readonly error: true; readonly error_type: string; readonly error_message: string }

/** Throws 400 for anything but one SELECT of harmless functions. `serialized` must not be an error. */
export function checkStatements(statements: readonly unknown[]): void {
  if (statements.length === 0) throw badRequest('the SQL holds no statement', { code: 'empty_statement' })
  if (statements.length > 1) throw manyStatements(statements.length)
  const refused = findRefusedFunction(statements)
  if (refused !== undefined) {
    throw badRequest(`the function ${refused} is not available: SQL here reads the tables of the catalog`, {
      code: 'forbidden_function',
      details: { function: refused },
    })
  }
}

export function manyStatements(count: number): ApiError {
  return badRequest(`one statement at a time, not ${count} (PIVOT without an IN list counts as two)`, {
    code: 'multiple_statements',
  })
}

export function notReadOnly(): ApiError {
  return badRequest('only a SELECT (or VALUES, FROM, TABLE, DESCRIBE, SUMMARIZE, SHOW) may run here', {
    code: 'not_read_only',
  })
}

/** The first function in the trees that may not be called. Without recursion: the nesting is the caller's. */
function findRefusedFunction(trees: readonly unknown[]): string | undefined {
  const stack: unknown[] = [...trees]
  while (stack.length > 0) {
    const value = stack.pop()
    if (Array.isArray(value)) {
      for (const item of value) stack.push(item)
    } else if (isNode(value)) {
      const refused = refusedBy(value)
      if (refused !== undefined) return refused
      for (const child of Object.values(value)) stack.push(child)
    }
  }
  return undefined
}

function refusedBy(node: Node): string | undefined {
  const { type, function: called, function_name: name } = node
  if (type === 'TABLE_FUNCTION') {
    const table = isNode(called) ? called['function_name'] : undefined
    const known = typeof table === 'string' && TABLE_FUNCTIONS.has(table.toLowerCase())
    return known ? undefined : String(table)
  }
  const refused = typeof name === 'string' && REFUSED_FUNCTIONS.has(name.toLowerCase())
  return refused ? name : undefined
}
