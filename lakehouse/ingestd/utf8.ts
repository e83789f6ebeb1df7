/** Strict UTF-8: bytes to text, and the line of the first byte that is none. */
import { isUtf8 } from 'node:buffer'
import { lineError } from './line-error.ts'

/** A decoder that is fed pieces, drops one leading byte order mark and throws a TypeError on invalid bytes. */
export const createDecoder = () => new TextDecoder('utf-8', { fatal: true })

/**
 * The error for bytes that `createDecoder` refused: 400 `invalid_utf8` with the line. A line feed is never part of a
 * longer UTF-8 sequence, so each line can be looked at alone.
 */
export async function findInvalidUtf8(pieces: AsyncIterable<Buffer>): Promise<Error> {
  let line = 1
  let rest: Buffer[] = []
  for await (const piece of pieces) {
    let from = 0
    for (let lf = piece.indexOf(10); lf !== -1; lf = piece.indexOf(10, from)) {
      if (!isUtf8(Buffer.concat([...rest, piece.subarray(from, lf)]))) return invalid(line)
      rest = []
      line += 1
      from = lf + 1
    }
    rest.push(Buffer.from(piece.subarray(from)))
  }
  return invalid(line)
}

const invalid = (line: number): Error => lineError('invalid_utf8', line, 'bytes that are not UTF-8')
