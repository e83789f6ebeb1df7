/** Files that are there whole or not at all: written beside, forced to the disk, renamed into place. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'

/** A name beside `path` that no other process uses at this time. */
function besideOf(path: string): string {
  return `${path}.${process.pid}.${Math.random().toString(36).slice(2, 10)}.tmp`
}

/** Puts `path` in place of whatever was there. On an error nothing is left beside it, and it is thrown. */
function replace(path: string, create: (temporary: string) => void): void {
  const temporary = besideOf(path)
  try {
    create(temporary)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * Writes a text file. Readers see the old one or the new one, never a part. Throws the system's error.
 *
 * @param options `lasting: false` for what means nothing after a power cut, which spares waiting for the disk.
 */
export function writeFileAtomic(path: string, text: string, { lasting = true } = {}): void {
  replace(path, (temporary) => {
    const fd = openSync(temporary, 'wx')
    try {
      writeFileSync(fd, text)
      if (lasting) fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  })
}

/** Points the symbolic link `path` at `target`, at once, also while others do the same. Throws the system's error. */
export function linkAtomic(path: string, target: string): void {
  replace(path, (temporary) => symlinkSync(target, temporary))
}
