/** An upload's bytes in a local file without a name: its size and hash are known before it is sent on. */
import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { writeBlock } from '../kit/files.ts'
import { consume } from './consume.ts'
import { explainDiskFault } from './store.ts'

export interface Spooled extends AsyncDisposable {
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  /** All of it. Can be asked for once. */
  read(): Readable
}

/** Rejects with what `body` throws. The system frees the file when it is closed, even by `kill -9`. */
export async function spool(body: AsyncIterable<Buffer>): Promise<Spooled> {
  const path = join(tmpdir(), `storaged-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    const { size, sha256 } = await consume(body, (chunks, position) => writeBlock(file, chunks, position))
    return {
      size,
      sha256: sha256.toString('hex'),
      read: () =>
        size === 0 ? Readable.from([]) : file.createReadStream({ start: 0, end: size - 1, autoClose: false }),
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw explainDiskFault(error)
  }
}
