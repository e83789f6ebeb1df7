/** The section `[queryd]`. */
import { z } from 'zod'
import { bindSchema, durationSchema, sizeSchema } from '../kit/config.ts'

export const querydSchema = z.strictObject({
  bind: bindSchema,
  /** Folder for the cache of Parquet and for what DuckDB spills. Belongs to this daemon alone. */
  data: z.string().min(1),
  refresh: durationSchema.default(500),
  statement_timeout: durationSchema.default(30_000),
  max_rows: z.int().positive().default(10_000),
  /** Of one answer. */
  max_answer_bytes: sizeSchema.default(64 * 1024 * 1024),
  /** Statements that run at the same time; more wait for their turn. */
  concurrency: z.int().positive().default(4),
  /** DuckDB's. */
  memory_limit: sizeSchema.default(512 * 1024 * 1024),
  threads: z.int().positive().default(2),
  /** For one request to catalogd, and for the headers of one to storaged. */
  timeout: durationSchema.default(5_000),
  /** For one whole object from storaged. */
  fetch_timeout: durationSchema.default(120_000),
})
