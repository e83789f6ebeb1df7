/** A look at a path that may not be there. */
import { type Stats, statSync } from 'node:fs'
import { codeOf } from '../kernel/errno.ts'

/**
 * What is at the path, links followed. Undefined: nothing is there, or it cannot be looked at, because a folder above
 * may not be entered or is none; who needs it all the same learns why from using it.
 */
export function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    return undefined
  }
}
