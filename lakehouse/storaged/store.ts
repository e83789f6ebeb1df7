/** What a store of objects must do. `fs-store.ts` and `s3-store.ts` keep the same contract, and the same tests. */
import type { Readable } from 'node:stream'
import { ApiError } from '../kit/errors.ts'
import { errnoOf } from '../kit/files.ts'

export interface ObjectInfo {
  readonly key: string
  /** Bytes. */
  readonly size: number
}

export interface StoredObject extends ObjectInfo {
  /** Lower-case hex. */
  readonly sha256: string
}

interface Listing {
  readonly objects: readonly ObjectInfo[]
  /** The last key of this page, when more follow it; undefined when this is the end. */
  readonly next: string | undefined
}

export interface ObjectStore {
  /** Makes the store usable; an S3 store waits here until its bucket is reachable. */
  open(signal: AbortSignal): Promise<void>
  /**
   * Stores the bytes of `body` under `key`; durable once resolved. A reader sees the old object or the new one.
   * Rejects with what `body` throws; then nothing is left of it.
   */
  put(key: string, body: AsyncIterable<Buffer>): Promise<StoredObject>
  get(key: string): Promise<{ readonly info: StoredObject; readonly body: Readable } | undefined>
  head(key: string): Promise<StoredObject | undefined>
  /** False when there was none. Durable once resolved. */
  delete(key: string): Promise<boolean>
  /** At most `limit` keys after `after` (exclusive) with the prefix, in UTF-8 byte order. */
  list(prefix: string, after: string, limit: number): Promise<Listing>
  close(): Promise<void>
}

/** 507 for a full disk, which is neither the caller's fault nor a bug; any other error as it is. */
export function explainDiskFault(error: unknown): unknown {
  const errno = errnoOf(error)
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return error
  return new ApiError(507, 'insufficient_storage', 'the disk is full', { cause: error })
}
