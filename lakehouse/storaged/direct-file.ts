/**
 * Large files past the page cache (O_DIRECT, as MinIO has them): an object that is written once and read once would push
 * out what the other daemons of the machine work with, and the memory for it costs the kernel more than the disk takes.
 * A file system that refuses it (EINVAL), or a system that has no such thing, gets them written and read as usual.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { errnoOf, writeAll, writeBlock } from '../kit/files.ts'
import { BLOCK_BYTES } from './consume.ts'

/** Read ahead at a time: a large object in 64 KiB pieces, which is Node's default, costs twice the time. */
const READ_BYTES = BLOCK_BYTES / 2

/** Blocks that nobody uses. */
const spare: Buffer[] = []

/** A block that begins where a page of memory does: a buffer that can be resized is memory straight from the system. */
function takeBlock(): Buffer {
  return spare.pop() ?? Buffer.from(new ArrayBuffer(BLOCK_BYTES, { maxByteLength: BLOCK_BYTES }))
}

/**
 * The same file once more, with O_DIRECT; by its handle, because its name may by now be that of another. Undefined: it
 * cannot be had here. @param flags of access.
 */
export async function openDirect(file: FileHandle, flags: number): Promise<FileHandle | undefined> {
  if (constants.O_DIRECT === undefined) return undefined
  // Whatever stands against it (no /proc, no handle left, a file system without it): the file itself is open.
  return await open(`/proc/self/fd/${file.fd}`, flags | constants.O_DIRECT).catch(() => undefined)
}

/** For what the file system, or the place in the file, does not allow: undefined, and it is done the usual way. */
function refused(error: unknown): undefined {
  if (errnoOf(error) !== 'EINVAL') throw error
}

/**
 * Takes the bytes of a new file in their order. Not more than one call at a time, and `close` after the last, whatever
 * became of it.
 */
export class FileWriter {
  readonly #file: FileHandle
  readonly #open: typeof openDirect
  #direct: FileHandle | undefined
  /** Holds what comes next in the file, from `#position` on, until it is full. */
  #block: Buffer | undefined
  #held = 0
  #position = 0

  constructor(file: FileHandle, open = openDirect) {
    this.#file = file
    this.#open = open
  }

  /** @throws the system's error (ENOSPC among them). */
  async write(chunks: readonly Buffer[]): Promise<void> {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
    if (this.#position === 0 && bytes >= BLOCK_BYTES) {
      this.#direct = await this.#open(this.#file, constants.O_WRONLY)
      if (this.#direct !== undefined) this.#block = takeBlock()
    }
    const block = this.#block
    if (block === undefined) {
      await writeBlock(this.#file, chunks, this.#position)
      this.#position += bytes
      return
    }
    for (const chunk of chunks) {
      for (let taken = 0; taken < chunk.length; ) {
        const copied = chunk.copy(block, this.#held, taken)
        taken += copied
        this.#held += copied
        if (this.#held === block.length) await this.#flush(block)
      }
    }
  }

  /** Writes `tail` behind everything; durable once resolved. */
  async finish(tail: Buffer): Promise<void> {
    const rest = this.#block?.subarray(0, this.#held) ?? Buffer.alloc(0)
    await writeAll(this.#file, Buffer.concat([rest, tail]), this.#position)
    await this.#file.sync()
  }

  async close(): Promise<void> {
    if (this.#block !== undefined) spare.push(this.#block)
    await this.#direct?.close()
    await this.#file.close()
  }

  async #flush(block: Buffer): Promise<void> {
    const written = (await this.#direct?.write(block, 0, block.length, this.#position).catch(refused)) ?? {
      bytesWritten: 0,
    }
    // What was not taken goes the usual way, and meets there what stood against it (a full disk).
    await writeAll(this.#file, block.subarray(written.bytesWritten), this.#position + written.bytesWritten)
    this.#position += block.length
    this.#held = 0
  }
}

/** The first `size` bytes of `file`, which the stream closes, be it at the end, after a fault, or when it is let go. */
export async function readStart(file: FileHandle, size: number, open = openDirect): Promise<Readable> {
  const direct = size < BLOCK_BYTES ? undefined : await open(file, constants.O_RDONLY)
  if (direct !== undefined) return new DirectStream(file, direct, size)
  if (size > 0) return file.createReadStream({ start: 0, end: size - 1, highWaterMark: READ_BYTES })
  await file.close()
  return Readable.from([])
}

/** Reads the next block while the last one is on its way. */
class DirectStream extends Readable {
  readonly #file: FileHandle
  readonly #direct: FileHandle
  readonly #size: number
  readonly #block = takeBlock()
  #position = 0
  #ahead: Promise<Buffer | null> = Promise.resolve(null)

  constructor(file: FileHandle, direct: FileHandle, size: number) {
    super({ highWaterMark: READ_BYTES })
    this.#file = file
    this.#direct = direct
    this.#size = size
    this.#readAhead()
  }

  override _read(): void {
    this.#ahead.then(
      (chunk) => {
        if (this.destroyed) return
        if (chunk !== null) this.#readAhead()
        this.push(chunk)
      },
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // The kernel may still be writing into the block.
    this.#ahead
      .catch(() => null)
      .then(async () => {
        spare.push(this.#block)
        await this.#direct.close()
        await this.#file.close()
      })
      .then(() => done(error), done)
  }

  #readAhead(): void {
    this.#ahead = this.#next()
    // A fault is seen when that block is wanted; the handler here only keeps it from being "unhandled" until then.
    this.#ahead.catch(() => undefined)
  }

  async #next(): Promise<Buffer | null> {
    const wanted = Math.min(READ_BYTES, this.#size - this.#position)
    if (wanted === 0) return null
    const place = [this.#block, 0, READ_BYTES, this.#position] as const
    const read = (await this.#direct.read(...place).catch(refused)) ?? (await this.#file.read(...place))
    if (read.bytesRead === 0) throw new Error(`the file ends after ${this.#position} of ${this.#size} bytes`)
    const chunk = Buffer.from(this.#block.subarray(0, Math.min(wanted, read.bytesRead)))
    this.#position += chunk.length
    return chunk
  }
}
