/** Statements over a daemon's HTTP SQL endpoint: rows as objects, whichever form the daemon answers in. */
import type { Mismatch } from '../../kernel/failure.ts'
import type { SqlEndpoint } from '../../stack/types.ts'
import type { SqlExpectation } from '../context.ts'
import {
  type Checked,
  type CheckedAnswer,
  checkAnswer,
  countClauses,
  parseJson,
  toMismatch,
} from '../expect/answer.ts'
import { compare } from '../expect/compare.ts'
import type { JsonObject } from '../expect/received.ts'
import { show } from '../expect/show.ts'

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly JsonObject[]
}

/** The table in an answer, or why there is none. */
export function readTable(
  body: Buffer,
  endpoint: SqlEndpoint,
): { ok: true; table: Table } | { ok: false; why: string } {
  const parsed = parseJson(body)
  if (!parsed.ok) return parsed
  const { value } = parsed
  const rows = isObject(value) ? value[endpoint.rowsField] : undefined
  if (!isObject(value) || !Array.isArray(rows)) {
    return { ok: false, why: `no array "${endpoint.rowsField}": ${show(value, 400)}` }
  }
  const columns = readColumns(value[endpoint.columnsField], rows)
  return { ok: true, table: { columns, rows: rows.map((row) => toObject(row, columns)) } }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Column names; given as texts or as objects with a `name`. Without either: the keys of the first row. */
function readColumns(columns: unknown, rows: readonly unknown[]): string[] {
  if (Array.isArray(columns)) {
    return columns.map((column: unknown) => String(isObject(column) ? column['name'] : column))
  }
  const first = rows[0]
  return isObject(first) ? Object.keys(first) : []
}

function toObject(row: unknown, columns: readonly string[]): JsonObject {
  if (isObject(row)) return row
  const values: readonly unknown[] = Array.isArray(row) ? row : [row]
  return Object.fromEntries(values.map((value, i) => [columns[i] ?? `column${i + 1}`, value]))
}

/** As `checkAnswer`, with rows and columns. */
export function checkSqlAnswer(
  expectation: SqlExpectation,
  answer: CheckedAnswer,
  endpoint: SqlEndpoint,
): Checked {
  const { rows, columns, ...plain } = expectation
  const mismatches: Mismatch[] = [...checkAnswer(plain, answer).mismatches]
  if (rows !== undefined || columns !== undefined) {
    const read = readTable(answer.body, endpoint)
    if (!read.ok || answer.status >= 300) {
      const received = `${answer.status}, ${read.ok ? 'with rows' : read.why}`
      mismatches.push({ what: 'rows', expected: show(rows ?? columns), received })
    } else {
      if (rows !== undefined) mismatches.push(...compare(rows, read.table.rows, '$.rows').map(toMismatch))
      if (columns !== undefined) {
        mismatches.push(...compare(columns, read.table.columns, '$.columns').map(toMismatch))
      }
    }
  }
  return { expectations: countClauses(expectation), mismatches }
}
