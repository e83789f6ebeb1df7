/** A file that keeps the beginning and the end of what is written to it, and never takes more than both. */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from '../kernel/errno.ts'

export interface BoundedFileOptions {
  readonly headBytes: number
  readonly tailBytes: number
  readonly onLost: (reason: string) => void
  /** Called with the number of bytes written before it when a segment of the tail begins. */
  readonly onSegment?: (offset: number) => void
}

/**
 * The head goes to the file itself; what follows goes in turn to two segments beside it, each half the tail, the
 * older one replaced by the newer. `close` appends them to the head. Writes are synchronous: a full disk is known at
 * once, and a slow one slows the writer instead of filling our memory. Between half the tail and all of it is kept.
 */
export class BoundedFile {
  readonly #path: string
  readonly #options: BoundedFileOptions
  #fd: number | undefined
  #headLeft = 0
  #segment: { readonly fd: number; size: number } | undefined
  #olderSize = 0
  #tailTotal = 0
  #headTotal = 0
  #base = 0
  #lost = false

  /** Appends to a file that is already there: no evidence is overwritten. */
  constructor(path: string, options: BoundedFileOptions) {
    this.#path = path
    this.#options = options
    this.#attempt(() => {
      mkdirSync(dirname(path), { recursive: true })
      this.#fd = openSync(path, 'a')
      this.#base = fstatSync(this.#fd).size
      this.#headLeft = Math.max(0, options.headBytes - this.#base)
    })
  }

  /** What the file held when it was opened. */
  get base(): number {
    return this.#base
  }

  /** False: nothing is written any more, because the disk refused, or it is closed. */
  write(chunk: Buffer): boolean {
    if (this.#fd === undefined) return false
    return this.#attempt(() => {
      let rest = chunk
      if (this.#headLeft > 0 && this.#fd !== undefined) {
        const part = rest.subarray(0, this.#headLeft)
        writeAll(this.#fd, part)
        this.#headLeft -= part.length
        this.#headTotal += part.length
        rest = rest.subarray(part.length)
      }
      while (rest.length > 0) rest = rest.subarray(this.#writeTail(rest))
    })
  }

  /** Joins head and tail, with a line between that tells what was left out. Idempotent. */
  close(): void {
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    closeSync(fd)
    const newest = this.#segment
    this.#segment = undefined
    if (newest === undefined) return
    closeSync(newest.fd)
    // Even after the disk was full: what the segments hold is worth a try, and they stay where they are if it fails.
    this.#lost = false
    this.#attempt(() => {
      const leftOut = this.#tailTotal - newest.size - this.#olderSize
      if (leftOut > 0) appendFileSync(this.#path, `\n… ${leftOut} bytes left out …\n`)
      for (const segment of [this.#older, this.#newer]) {
        if (segment === this.#older && this.#olderSize === 0) continue
        appendFileSync(this.#path, readFileSync(segment))
        rmSync(segment)
      }
    })
  }

  get #older(): string {
    return `${this.#path}.tail-1`
  }
  get #newer(): string {
    return `${this.#path}.tail-2`
  }

  #writeTail(chunk: Buffer): number {
    const limit = Math.max(1, Math.floor(this.#options.tailBytes / 2))
    if (this.#segment !== undefined && this.#segment.size >= limit) {
      closeSync(this.#segment.fd)
      this.#olderSize = this.#segment.size
      this.#segment = undefined
      renameSync(this.#newer, this.#older)
    }
    if (this.#segment === undefined) {
      this.#segment = { fd: openSync(this.#newer, 'w'), size: 0 }
      this.#options.onSegment?.(this.#headTotal + this.#tailTotal)
    }
    const part = chunk.subarray(0, limit - this.#segment.size)
    writeAll(this.#segment.fd, part)
    this.#segment.size += part.length
    this.#tailTotal += part.length
    return part.length
  }

  /** Any failure to write, whatever its code, means the same: the log is no longer complete, and says so once. */
  #attempt(write: () => void): boolean {
    if (this.#lost) return false
    try {
      write()
      return true
    } catch (error) {
      this.#lost = true
      this.#options.onLost(messageOf(error))
      return false
    }
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  let at = 0
  while (at < bytes.length) at += writeSync(fd, bytes, at)
}
