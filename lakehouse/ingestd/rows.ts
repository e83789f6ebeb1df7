/** A spooled input as rows of cells, whatever its format. Reads the file once per call; memory stays flat. */
import { createReadStream } from 'node:fs'
import { CsvReader, type Field } from './csv.ts'
import { excerpt, inputError, lineError } from './line-error.ts'
import { type JsonRecord, NdjsonReader } from './ndjson.ts'
import { createDecoder, findInvalidUtf8 } from './utf8.ts'

export type Format = 'csv' | 'ndjson'

/** CSV: the field's text. NDJSON: the value's JSON text. Null or missing: no value. */
export type Cell = string | null | undefined

/** One row, in the order of `names`; cells at its end may be missing. `names` grows only for NDJSON. */
export type OnRow = (cells: readonly Cell[], names: readonly string[]) => void

interface Reader {
  push(piece: string): void
  end(): void
}

/** A wider table is more likely a mistake (rows and columns swapped) than data. */
const MAX_COLUMNS = 1_000

/** Of one value, in UTF-16 units: what Parquet pages and their readers still handle well. */
const MAX_VALUE = 16 * 1024 * 1024

// What catalogd takes as a column's name.
const MAX_NAME = 255
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

const PIECE_BYTES = 256 * 1024

const pieces = (path: string): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: PIECE_BYTES })

/**
 * Calls `onRow` for each row and resolves with the column names, in order of first appearance.
 * Throws 400 with the line for anything that is not what the format says, and 400 `empty_input`.
 */
export async function readRows(format: Format, path: string, onRow: OnRow): Promise<readonly string[]> {
  const names: string[] = []
  const reader = format === 'csv' ? csvReader(names, onRow) : ndjsonReader(names, onRow)
  const decoder = createDecoder()
  for await (const piece of pieces(path)) {
    const text = decode(() => decoder.decode(piece, { stream: true }))
    if (text === undefined) throw await findInvalidUtf8(pieces(path))
    reader.push(text)
  }
  const rest = decode(() => decoder.decode())
  if (rest === undefined) throw await findInvalidUtf8(pieces(path))
  reader.push(rest)
  reader.end()
  if (names.length === 0) {
    throw inputError(
      'empty_input',
      format === 'csv' ? 'the input has no header line' : 'the input has no columns',
    )
  }
  return names
}

/** Undefined for bytes that are not UTF-8: the one thing the decoder throws a TypeError for. */
function decode(run: () => string): string | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Column names compare as SQL identifiers do: without regard to case. */
const fold = (name: string): string => name.toLowerCase()

function checkName(name: string, line: number, count: number): void {
  if (name.trim() === '') throw lineError('empty_column_name', line, `the name of column ${count} is empty`)
  if (name.length > MAX_NAME) {
    throw lineError(
      'bad_column_name',
      line,
      `the name of column ${count} is longer than ${MAX_NAME} characters`,
    )
  }
  if (CONTROL.test(name)) {
    throw lineError(
      'bad_column_name',
      line,
      `the name of column ${count}, ${excerpt(name)}, holds a control character`,
    )
  }
  if (count > MAX_COLUMNS) throw lineError('too_many_columns', line, `more than ${MAX_COLUMNS} columns`)
}

function checkValue(value: string, line: number): void {
  if (value.length > MAX_VALUE) {
    throw lineError(
      'value_too_large',
      line,
      `a value of ${value.length} characters; at most ${MAX_VALUE} fit`,
    )
  }
}

function csvReader(names: string[], onRow: OnRow): Reader {
  return new CsvReader((fields, line) => {
    if (names.length === 0) readHeader(fields, line, names)
    else if (fields.length === names.length) {
      for (const field of fields) if (field !== null) checkValue(field, line)
      onRow(fields, names)
    } else throw raggedRow(fields, line, names.length)
  })
}

function readHeader(fields: readonly Field[], line: number, names: string[]): void {
  const seen = new Map<string, string>()
  for (const [index, field] of fields.entries()) {
    const name = field ?? ''
    checkName(name, line, index + 1)
    const earlier = seen.get(fold(name))
    if (earlier !== undefined) throw duplicateColumn(name, earlier, line)
    seen.set(fold(name), name)
    names.push(name)
  }
}

function raggedRow(fields: readonly Field[], line: number, expected: number): Error {
  const blank = fields.length === 1 && fields[0] === null
  const got = blank ? 'the line is blank' : `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`
  return lineError('ragged_row', line, `${got}; the header has ${expected} columns`)
}

function duplicateColumn(name: string, earlier: string, line: number): Error {
  const how =
    name === earlier
      ? `the column ${excerpt(name)} occurs twice`
      : `the columns ${excerpt(earlier)} and ${excerpt(name)} differ only in case`
  return lineError('duplicate_column', line, `${how}; SQL could not tell them apart`)
}

function ndjsonReader(names: string[], onRow: OnRow): Reader {
  const indexes = new Map<string, number>()
  const folded = new Map<string, string>()
  const addColumn = (name: string, line: number): number => {
    checkName(name, line, names.length + 1)
    const earlier = folded.get(fold(name))
    if (earlier !== undefined) throw duplicateColumn(name, earlier, line)
    folded.set(fold(name), name)
    indexes.set(name, names.length)
    names.push(name)
    return names.length - 1
  }
  return new NdjsonReader((record: JsonRecord, line) => {
    const cells: Cell[] = new Array<Cell>(names.length).fill(null)
    for (const [name, raw] of record) {
      if (raw !== null) checkValue(raw, line)
      cells[indexes.get(name) ?? addColumn(name, line)] = raw
    }
    onRow(cells, names)
  })
}
