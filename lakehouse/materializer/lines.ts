/** A file's lines as bytes: evidence hashes what stands in the file, not what a decoder makes of it. */
import { createReadStream } from 'node:fs'

export interface SourceLine {
  /** From 1. */
  readonly number: number
  /** Without the line's end, LF or CRLF. Empty when `tooLong`. */
  readonly bytes: Buffer
  readonly tooLong: boolean
  /** The file ends without a line end: the line may still be being written. */
  readonly unterminated: boolean
}

const LF = 0x0a
const CR = 0x0d

/** Every line, the empty ones too. A line over `maxBytes` is not kept in memory. */
export async function* readLines(path: string, maxBytes: number): AsyncGenerator<SourceLine> {
  let number = 0
  let held: Buffer[] = []
  let heldBytes = 0

  const take = (part: Buffer) => {
    heldBytes += part.length
    if (heldBytes <= maxBytes) held.push(part)
    else held = []
  }
  const finish = (unterminated: boolean): SourceLine => {
    const tooLong = heldBytes > maxBytes
    let bytes = Buffer.concat(held)
    if (!unterminated && bytes.at(-1) === CR) bytes = bytes.subarray(0, -1)
    held = []
    heldBytes = 0
    number += 1
    return { number, bytes, tooLong, unterminated }
  }

  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      take(chunk.subarray(start, end))
      yield finish(false)
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (heldBytes > 0) yield finish(true)
}
