/** Lines out of bytes that may hold none: bounded, whatever comes. */
import { bounded, printable } from '../kernel/text.ts'

const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)
/** A line longer than this is delivered in pieces. */
const LINE_BYTES = 16 * 1_024
const LINE_CHARACTERS = 2_000

/** A line as it may be shown: no escapes or control characters, no carriage return at its end, bounded. */
export function showLine(line: string): string {
  return bounded(printable(line.replace(/\r+$/, '')), LINE_CHARACTERS)
}

/** Cuts the bytes of one stream into lines. */
export class LineSplitter {
  #pending: Buffer = NOTHING

  /** Without `deliver` it only keeps track of the unfinished line, without a copy of all that passes. */
  push(chunk: Buffer, deliver: ((line: string) => void) | undefined): void {
    const end = chunk.lastIndexOf(NEWLINE)
    if (deliver) this.#deliver(chunk, end, deliver)
    else {
      const rest = chunk.subarray(end + 1).subarray(-LINE_BYTES)
      const before = end === -1 ? this.#pending.subarray(rest.length - LINE_BYTES) : NOTHING
      this.#pending = Buffer.concat([rest.length === LINE_BYTES ? NOTHING : before, rest])
    }
  }

  #deliver(chunk: Buffer, end: number, deliver: (line: string) => void): void {
    if (end !== -1) {
      const text = Buffer.concat([this.#pending, chunk.subarray(0, end)]).toString('utf8')
      for (const line of text.split('\n')) deliver(line)
      this.#pending = NOTHING
    }
    this.#pending = Buffer.concat([this.#pending, chunk.subarray(end + 1)])
    while (this.#pending.length > LINE_BYTES) {
      deliver(this.#pending.toString('utf8', 0, LINE_BYTES))
      this.#pending = Buffer.from(this.#pending.subarray(LINE_BYTES))
    }
  }

  /** Delivers the last line when it was never ended. */
  flush(deliver: ((line: string) => void) | undefined): void {
    if (this.#pending.length > 0) deliver?.(this.#pending.toString('utf8'))
    this.#pending = NOTHING
  }
}

/** The last bytes of a stream, in a fixed piece of memory. */
export class RecentBytes {
  readonly #ring: Buffer
  #written = 0

  constructor(size: number) {
    this.#ring = Buffer.alloc(size)
  }

  push(chunk: Buffer): void {
    const size = this.#ring.length
    const kept = chunk.subarray(Math.max(0, chunk.length - size))
    const at = (this.#written + chunk.length - kept.length) % size
    const first = kept.copy(this.#ring, at)
    if (first < kept.length) kept.copy(this.#ring, 0, first)
    this.#written += chunk.length
  }

  /** Lines still in memory, oldest first, as they were written. A first one that is cut is left out, unless it is all there is. */
  lines(): { complete: string[]; unfinished: string } {
    const size = this.#ring.length
    const at = this.#written % size
    const whole = this.#written <= size
    const bytes = whole
      ? this.#ring.subarray(0, this.#written)
      : Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)])
    const complete = bytes.toString('utf8').split('\n')
    const unfinished = complete.pop() ?? ''
    if (!whole && (complete.length > 1 || unfinished !== '')) complete.shift()
    return { complete, unfinished }
  }
}
