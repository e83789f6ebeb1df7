/**
 * One object as one file: the bytes, then a trailer `key | sha256 (32) | key length (4, big endian) | magic (8)`.
 * Data and facts change together in one rename, and the size follows from the file's length alone.
 */

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { StoredObject } from './store.ts'

const MAGIC = Buffer.from('lakeobj1')
const FOOT_BYTES = 32 + 4 + MAGIC.length
/** Longer names are hashed; 255 bytes is what file systems take. */
const MAX_NAME = 240

/** Bytes beside the object's own in the file of this key. */
export function trailerBytes(key: string): number {
  return Buffer.byteLength(key) + FOOT_BYTES
}

export function makeTrailer(key: string, sha256: Buffer): Buffer {
  const name = Buffer.from(key)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(name.length)
  return Buffer.concat([name, sha256, length, MAGIC])
}

/** Reads `length` bytes at `position`; fewer only at the file's end. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

/** The facts in the trailer. Throws when the file is none of ours. */
export async function readTrailer(
  file: FileHandle,
  path: string,
): Promise<StoredObject & { sha256: string }> {
  const { size: fileSize } = await file.stat()
  const footAt = fileSize - FOOT_BYTES
  const foot = footAt < 0 ? Buffer.alloc(0) : await readAt(file, footAt, FOOT_BYTES)
  const keyBytes = foot.length === FOOT_BYTES && foot.subarray(36).equals(MAGIC) ? foot.readUInt32BE(32) : -1
  const size = footAt - keyBytes
  if (keyBytes < 0 || size < 0) throw new Error(`${path} is not an object file, or it is damaged`)
  const key = (await readAt(file, size, keyBytes)).toString('utf8')
  return { key, size, sha256: foot.toString('hex', 0, 32) }
}

/**
 * A key's file name: `k` and the key with everything but `a-z 0-9 . _ -` as `%XX` (so that no file system's
 * case folding or separators matter), or `h` and the key's SHA-256 when that grows too long.
 */
export function fileName(key: string): string {
  let name = 'k'
  for (const byte of Buffer.from(key)) {
    const char = String.fromCharCode(byte)
    name += /[a-z0-9._-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return name.length <= MAX_NAME ? name : `h${createHash('sha256').update(key).digest('hex')}`
}

/** The key of a `k…` name; undefined for a name that does not tell it. */
export function keyOfName(name: string): string | undefined {
  return name.startsWith('k') ? decodeURIComponent(name.slice(1)) : undefined
}
