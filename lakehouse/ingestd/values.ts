/** Cells to DuckDB values. The profile has proven that the type holds the value; nothing is rounded here. */
import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Format } from './rows.ts'
import { type ColumnType, readMoment } from './types.ts'

/** The value of a cell, as a column of the given type holds it. `JSON` columns take text. */
export function toValue(format: Format, type: ColumnType, cell: string): DuckDBValue {
  if (type === 'JSON') return cell
  return toTyped(type, format === 'ndjson' && cell.startsWith('"') ? String(JSON.parse(cell)) : cell)
}

function toTyped(type: Exclude<ColumnType, 'JSON'>, text: string): DuckDBValue {
  switch (type) {
    case 'VARCHAR':
      return text
    case 'BIGINT':
      return BigInt(text)
    case 'DOUBLE':
      return Number(text)
    case 'BOOLEAN':
      return text[0] === 't' || text[0] === 'T'
    case 'DECIMAL(38,0)':
      return new DuckDBDecimalValue(BigInt(text), 38, 0)
    case 'DATE':
      return new DuckDBDateValue(momentOf(text).days)
    case 'TIMESTAMP':
      return new DuckDBTimestampValue(microsOf(text))
    case 'TIMESTAMP WITH TIME ZONE':
      return new DuckDBTimestampTZValue(microsOf(text))
  }
}

function momentOf(text: string) {
  const moment = readMoment(text)
  if (moment === undefined) throw new Error(`no point in time: ${text}`)
  return moment
}

/** Microseconds since 1970-01-01, in UTC where the text has a zone. */
function microsOf(text: string): bigint {
  const { days, micros, zone = 0 } = momentOf(text)
  return BigInt(days) * 86_400_000_000n + BigInt(micros) - BigInt(zone) * 60_000_000n
}
