/** Objects in a bucket of an S3-compatible server, through the AWS SDK; path style. */
import type { S3Config } from './config.ts'
import type { ObjectStore } from './store.ts'

export function createS3Store(_config: S3Config, _report: (cause: string) => void): ObjectStore {
  throw new Error('the s3 store is not built yet')
}
