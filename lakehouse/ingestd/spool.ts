/** A request body on disk, with its hash: inputs are read twice, and may be larger than memory should be. */
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, badRequest, tooLarge } from '../kit/errors.ts'

const SUFFIX = '.ingest-tmp'

export interface Spooled {
  readonly path: string
  readonly bytes: number
  /** Lower-case hex, over the body's bytes as they came. */
  readonly sha256: string
}

/** Prepares the folder; what a killed predecessor left in it goes. */
export async function openSpoolFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (name.endsWith(SUFFIX)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** A path in the folder that nothing else uses. */
export const temporaryPath = (folder: string): string => join(folder, `${randomUUID()}${SUFFIX}`)

/** The 413 for a body over the limit. */
export const bodyTooLarge = (limit: number): ApiError =>
  tooLarge(`the input is larger than ${limit} bytes`, { details: { max_bytes: limit } })

/** Writes the body to `path`. 413 as soon as it grows past `limit`; 400 when it ends before it should. */
export async function spoolBody(body: Readable, path: string, limit: number): Promise<Spooled> {
  const hash = createHash('sha256')
  let bytes = 0
  async function* measured(source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      bytes += piece.length
      if (bytes > limit) throw bodyTooLarge(limit)
      hash.update(piece)
      yield piece
    }
  }
  // `destroyOnReturn: false`: a refused body stays readable, so that the client gets to see the answer.
  const source = body.iterator({ destroyOnReturn: false })
  try {
    await pipeline(measured(source), createWriteStream(path))
  } catch (error) {
    if (error instanceof ApiError || !body.errored) throw error
    throw badRequest('the body ended before it was complete', { code: 'incomplete_body', cause: error })
  }
  return { path, bytes, sha256: hash.digest('hex') }
}
