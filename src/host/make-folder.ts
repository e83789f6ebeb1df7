/** Makes a folder and those above it. Not mkdir's own `recursive`: that never returns below /proc and its like. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasCode } from '../kernel/errno.ts'

/** @param mode of the folders that are made. Throws the system's error; something that is no folder is one (EEXIST, ENOTDIR). */
export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      // Also thrown for a file; whoever uses it as a folder meets ENOTDIR.
      return
    }
    const above = dirname(path)
    if (!hasCode(error, 'ENOENT') || above === path) throw error
    makeFolder(above, mode)
    mkdirSync(path, { mode })
  }
}
