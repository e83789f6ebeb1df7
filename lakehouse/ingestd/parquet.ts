/** The second pass: rows into a DuckDB table, the table into a Parquet file (zstd). */
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api'
import { tooLarge } from '../kit/errors.ts'
import { quoteName, quoteText } from '../kit/quote-sql.ts'
import { type Format, readRows } from './rows.ts'
import type { Column, ColumnType } from './types.ts'
import { toValue } from './values.ts'

/** Rows DuckDB takes at once: its vector size. Fewer of them when they are wide. */
const CHUNK_ROWS = 2_048
const CHUNK_VALUES = 200_000

const DUCKDB_TYPES: Readonly<Record<ColumnType, DuckDBType>> = {
  BOOLEAN,
  BIGINT,
  'DECIMAL(38,0)': DECIMAL(38, 0),
  DOUBLE,
  DATE,
  TIMESTAMP,
  'TIMESTAMP WITH TIME ZONE': TIMESTAMPTZ,
  VARCHAR,
  // JSON is VARCHAR that says so; the cast when the file is written adds the name.
  JSON: VARCHAR,
}

export interface ParquetJob {
  readonly format: Format
  readonly input: string
  readonly columns: readonly Column[]
  readonly output: string
}

export interface ParquetWriter {
  /** Writes the file and resolves with the number of its rows, as DuckDB counts them. */
  write(job: ParquetJob): Promise<number>
  close(): void
}

/** DuckDB's ways to say that a table does not fit, spilled or not. */
const OUT_OF_MEMORY = /Out of Memory|could not allocate|failed to allocate/

/** Opens DuckDB in memory; what does not fit spills into `folder`. */
export async function openParquetWriter(folder: string, memoryLimitBytes: number): Promise<ParquetWriter> {
  const instance = await DuckDBInstance.create(':memory:', {
    temp_directory: folder,
    memory_limit: `${Math.round(memoryLimitBytes / 1024)}KiB`,
    // More threads would hold more row groups at once, and gain nothing here.
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  return {
    async write({ format, input, columns, output }) {
      const connection = await instance.connect()
      try {
        const definitions = columns.map(({ name, type }) => `${quoteName(name)} ${DUCKDB_TYPES[type]}`)
        // A temporary table belongs to its connection, so that two jobs never meet.
        await connection.run(`CREATE TEMP TABLE rows (${definitions.join(', ')})`)
        const appender = await connection.createAppender('rows', 'main', 'temp')
        const batch = createBatch(format, columns, (chunk) => appender.appendDataChunk(chunk))
        await readRows(format, input, batch.add)
        batch.flush()
        appender.closeSync()
        const selected = columns.map(({ name, type }) =>
          type === 'JSON' ? `${quoteName(name)}::JSON AS ${quoteName(name)}` : quoteName(name),
        )
        const copied = await connection.runAndReadAll(
          `COPY (SELECT ${selected.join(', ')} FROM temp.main.rows) TO ${quoteText(output)} (FORMAT parquet, COMPRESSION zstd)`,
        )
        return Number(copied.value(0, 0))
      } catch (error) {
        if (!(error instanceof Error && OUT_OF_MEMORY.test(error.message))) throw error
        throw tooLarge(
          'the rows are too wide for the memory of this daemon; send fewer columns or rows at once',
          {
            code: 'too_wide',
            cause: error,
          },
        )
      } finally {
        connection.closeSync()
      }
    },
    close: () => instance.closeSync(),
  }
}

/** Gathers rows by column, as DuckDB's chunks want them. */
function createBatch(format: Format, columns: readonly Column[], emit: (chunk: DuckDBDataChunk) => void) {
  const types = columns.map(({ type }) => DUCKDB_TYPES[type])
  const chunkRows = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(CHUNK_VALUES / columns.length)))
  const gathered: DuckDBValue[][] = columns.map(() => [])
  // Where each column stands in the input, for so many names as the input has shown so far.
  let known = 0
  let places: number[] = []
  let rows = 0
  const flush = (): void => {
    if (rows === 0) return
    const chunk = DuckDBDataChunk.create(types, rows)
    chunk.setColumns(gathered)
    emit(chunk)
    for (const values of gathered) values.length = 0
    rows = 0
  }
  const add = (cells: readonly (string | null | undefined)[], names: readonly string[]): void => {
    if (names.length !== known) {
      known = names.length
      places = columns.map(({ name }) => names.indexOf(name))
    }
    for (const [index, { type }] of columns.entries()) {
      const cell = cells[places[index] ?? -1]
      gathered[index]?.push(cell === null || cell === undefined ? null : toValue(format, type, cell))
    }
    rows += 1
    if (rows === chunkRows) flush()
  }
  return { add, flush }
}
