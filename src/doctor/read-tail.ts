/** The last lines of a file that may be large, torn or still written to. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { hasCode } from '../kernel/errno.ts'
import { printable } from '../kernel/text.ts'

const MOST_BYTES = 64 * 1024

/** Printable lines, oldest first; none when there is no such file or it may not be read. */
export function readTail(file: string, lines: number): string[] {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return []
    throw error
  }
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES))
    const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    const text = printable(bytes.toString('utf8', 0, length))
    // What begins in the middle of a line is not shown.
    const whole = size > MOST_BYTES ? text.slice(text.indexOf('\n') + 1) : text
    return whole
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-lines)
  } finally {
    closeSync(fd)
  }
}
