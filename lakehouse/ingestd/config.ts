/** The section `[ingestd]`. */
import { tmpdir } from 'node:os'
import { z } from 'zod'
import { bindSchema, durationSchema, sizeSchema } from '../kit/config.ts'

export const ingestdSchema = z.strictObject({
  bind: bindSchema,
  /** Holds inputs while they are read; emptied of leftovers at start. Default: a new folder of the system's. */
  data: z.string().min(1).optional(),
  max_body_bytes: sizeSchema.default(256 * 1024 * 1024),
  /** DuckDB's, while it writes Parquet. */
  memory_limit: sizeSchema.default(384 * 1024 * 1024),
  /** For one request to storaged or catalogd. */
  timeout: durationSchema.default(30_000),
})

export const defaultFolderPrefix = `${tmpdir()}/ingestd-`
