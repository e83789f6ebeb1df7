/** Parquet objects as files on this machine. A file has its name only when it is whole. */
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { badGateway, notFound } from '../kit/errors.ts'
import { objectPath } from '../kit/objects.ts'
import type { Upstream } from '../kit/upstream.ts'

const PARTIAL = '.partial'

export interface ObjectCache {
  /** The absolute path of the object's file, fetched when it is not there yet. Throws ApiError. */
  fetch(key: string): Promise<string>
  /** Where the object's file is, or would be. */
  pathOf(key: string): string
  /** Removes all other files. */
  keepOnly(paths: ReadonlySet<string>): Promise<void>
}

/** `timeoutMs`: for one whole object. */
export async function openCache(folder: string, storaged: Upstream, timeoutMs: number): Promise<ObjectCache> {
  await mkdir(folder, { recursive: true })
  const pathOf = (key: string): string =>
    join(folder, `${createHash('sha256').update(key).digest('hex')}.parquet`)

  return {
    async fetch(key) {
      const path = pathOf(key)
      if (await exists(path)) return path
      const partial = `${path}.${randomUUID()}${PARTIAL}`
      try {
        await download(storaged, key, partial, timeoutMs)
        await rename(partial, path)
      } finally {
        await rm(partial, { force: true })
      }
      return path
    },

    pathOf,

    async keepOnly(paths) {
      for (const name of await readdir(folder)) {
        const path = join(folder, name)
        if (!paths.has(path)) await rm(path, { recursive: true, force: true })
      }
    },
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** Writes the object to `path`, on the disk when this resolves, checked against the length and hash it came with. */
async function download(storaged: Upstream, key: string, path: string, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await storaged.raw('GET', objectPath(key), { signal })
  if (response.status === 404) {
    await response.bytes()
    throw notFound(`storaged has no object "${key}"`)
  }
  if (response.status !== 200) {
    await response.bytes()
    throw badGateway('storaged', `storaged answered ${response.status} for the object "${key}"`)
  }
  const hash = createHash('sha256')
  let size = 0
  async function* measured(pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      size += piece.length
      hash.update(piece)
      yield piece
    }
  }
  await pipeline(response.body, measured, createWriteStream(path), { signal })
  const length = response.headers.get('content-length')
  const etag = /^"([0-9a-f]{64})"$/.exec(response.headers.get('etag') ?? '')?.[1]
  const whole =
    (length === null || Number(length) === size) && (etag === undefined || etag === hash.digest('hex'))
  if (!whole) throw badGateway('storaged', `the object "${key}" came with other bytes than announced`)
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
