/** The tool's compile cache, for the processes of its own that it starts. */
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

/**
 * The environment entry that makes a Node process keep its compiled code where this one does; none when this one keeps
 * none. That spares it the loading of the type stripper, which is most of its start and nearly half of its memory.
 */
export function compileCacheEnvironment(): Record<string, string> {
  const cache = getCompileCacheDir()
  // It names the folder of this version of Node; the variable names the one above.
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) }
}
