/** Reads a TOML file as text. Whatever stands in the way is a diagnostic, never an exception. */
import { open } from 'node:fs/promises'
import { err, ok, type Result } from '../kernel/result.ts'
import { formatBytes } from '../kernel/units.ts'
import type { Diagnostic } from './diagnostic.ts'
import { SourceText } from './locate.ts'
import { maskDiagnostics } from './mask.ts'

/** A stack of a thousand daemons is a tenth of this. */
const MOST_BYTES = 2 ** 20

/** What kind of file it should be, for messages. */
export interface FileKind {
  /** `stack file`. */
  readonly name: string
  /** What the least of it would be: the hint for an empty one. */
  readonly least: string
}

/** @param path absolute. @returns text that is not empty. Never throws. */
export async function readTomlText(path: string, kind: FileKind): Promise<Result<string, Diagnostic[]>> {
  const fail = (message: string, hint?: string) =>
    err([{ file: path, line: 1, column: 1, length: 0, message, ...(hint === undefined ? {} : { hint }) }])
  const bytes = await readBounded(path, kind)
  if (typeof bytes === 'string') return fail(bytes)
  if (bytes.length > MOST_BYTES) {
    return fail(`the file is larger than ${formatBytes(MOST_BYTES)}: no ${kind.name}`)
  }
  const text = decodeUtf8(bytes)
  if (text === undefined) return err(maskDiagnostics([notText(path, bytes, kind)], []))
  // `trim` takes a byte order mark for a blank, too.
  return text.trim() === '' ? fail('the file is empty', kind.least) : ok(text)
}

/** At most one byte more than is allowed; a message when it cannot be read. */
async function readBounded(path: string, kind: FileKind): Promise<Buffer | string> {
  try {
    await using handle = await open(path)
    const stat = await handle.stat()
    if (stat.isDirectory()) return `this is a folder, not a ${kind.name}`
    const buffer = Buffer.alloc(MOST_BYTES + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return buffer.subarray(0, length)
  } catch (error) {
    return describeFault(error, kind.name)
  }
}

/** Why the file could not be read, for its owner. */
export function describeFault(error: unknown, name = 'stack file'): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EACCES: 'the file may not be read (permission denied)',
    EISDIR: `this is a folder, not a ${name}`,
    ELOOP: 'the file is a symbolic link that leads to itself',
    ENAMETOOLONG: 'the name is too long for a file',
    ERR_INVALID_ARG_VALUE: 'this is no name of a file',
  }
  return known[code] ?? `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    // A TypeError is how the decoder reports bytes that are no UTF-8.
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function notText(path: string, bytes: Buffer, kind: FileKind): Diagnostic {
  const hint = `${kind.name}s are UTF-8 text`
  if (bytes[0] === 0xff || bytes[0] === 0xfe) {
    return { file: path, line: 1, column: 1, length: 0, message: 'the file is UTF-16, not UTF-8', hint }
  }
  const lenient = bytes.toString('utf8')
  const start = firstDifference(lenient, bytes)
  const place = new SourceText(path, lenient).place({ start, end: start + 1 })
  return {
    ...place,
    message: bytes.includes(0) ? 'the file is binary, not text' : 'this byte is not UTF-8',
    hint,
  }
}

/** Index of the first U+FFFD that the decoder put in place of a bad byte, not one the file itself holds. */
function firstDifference(lenient: string, bytes: Buffer): number {
  let at = lenient.indexOf('\ufffd')
  while (at >= 0) {
    const offset = Buffer.byteLength(lenient.slice(0, at))
    if (bytes.subarray(offset, offset + 3).toString('latin1') !== '\u00ef\u00bf\u00bd') return at
    at = lenient.indexOf('\ufffd', at + 1)
  }
  return 0
}
