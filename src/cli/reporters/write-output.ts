/** A file that somebody has named: its folder is made; it is there whole or not at all. */
import { realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../host/make-folder.ts'
import { writeFileAtomic } from '../../ledger/write-atomic.ts'

/** Writes `text`. A device or a pipe takes it itself; a link stays a link. Throws the system's error. */
export function writeOutput(path: string, text: string): void {
  makeFolder(dirname(path), 0o777)
  const there = statSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile()) writeFileSync(path, text)
  else writeFileAtomic(there ? realpathSync(path) : path, text)
}
