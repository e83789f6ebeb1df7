/** What a script says about its interpreter. */
import { closeSync, openSync, readSync } from 'node:fs'

/** Of a file that may be no text: at most 256 bytes, as Latin-1. @throws the system's error. */
export function readFirstLine(file: string): string {
  const fd = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(256)
    return bytes.toString('latin1', 0, readSync(fd, bytes)).split('\n', 1)[0] ?? ''
  } finally {
    closeSync(fd)
  }
}
