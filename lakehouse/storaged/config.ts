/** The section [storaged] of the configuration. */
import { z } from 'zod'
import { bindSchema, durationSchema, sizeSchema } from '../kit/config.ts'

const fsSchema = z.strictObject({
  kind: z.literal('fs'),
  /** Folder of the objects; created when missing. */
  root: z.string().min(1),
})

const s3Schema = z.strictObject({
  kind: z.literal('s3'),
  endpoint: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }),
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().min(3).max(63),
  access_key_id: z.string().min(1),
  secret_access_key: z.string().min(1),
  /** Create the bucket when it does not exist. */
  create_bucket: z.boolean().default(false),
})

export const storagedSchema = z.strictObject({
  bind: bindSchema,
  store: z.discriminatedUnion('kind', [fsSchema, s3Schema]),
  max_object_bytes: sizeSchema.default(256 * 2 ** 20),
  max_uploads: z.int().positive().default(4),
  retry_after_s: z.int().positive().default(5),
  /** An upload that sends nothing for so long gives its slot back. */
  upload_idle_timeout: durationSchema.default(60_000),
})

export type StoragedConfig = z.infer<typeof storagedSchema>
export type S3Config = z.infer<typeof s3Schema>
