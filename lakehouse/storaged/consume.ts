/** Takes an upload in: hashed as it arrives, and written behind the next bytes, a block at a time. */
import { createHash } from 'node:crypto'

/** A block is written once it is so long: chunks come from the network in 64 KiB, and each write has its price. */
export const BLOCK_BYTES = 2 ** 20

/** Writes the chunks, one after the other, at `position`: where the last call's ended. */
type WriteBlock = (chunks: readonly Buffer[], position: number) => Promise<void>

/**
 * Passes the body's chunks to `write` in order, counting and hashing. One block is being written while the next
 * is received: at most two of them are held. When this settles, nothing is being written any more.
 *
 * Rejects with what `body` or `write` throws; the first of them.
 */
export async function consume(
  body: AsyncIterable<Buffer>,
  write: WriteBlock,
): Promise<{ size: number; sha256: Buffer }> {
  const hash = createHash('sha256')
  let size = 0
  let block: Buffer[] = []
  let blockBytes = 0
  // A failed write is seen where the next one begins; the handler here only keeps it from being "unhandled" until then.
  let writing: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await writing
    writing = write(block, size - blockBytes)
    writing.catch(() => undefined)
    block = []
    blockBytes = 0
  }
  try {
    for await (const chunk of body) {
      hash.update(chunk)
      size += chunk.length
      blockBytes += chunk.length
      block.push(chunk)
      if (blockBytes >= BLOCK_BYTES) await flush()
    }
    if (blockBytes > 0) await flush()
    await writing
  } catch (error) {
    // The file may be closed only when nobody writes to it.
    await writing.catch(() => undefined)
    throw error
  }
  return { size, sha256: hash.digest() }
}
