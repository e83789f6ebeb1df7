/** The smoke host's side of the compile cache (`host/compile-cache.ts`). */
import { flushCompileCache } from 'node:module'

/**
 * Writes what has been compiled since the last call: Node does so when a process exits, but a smoke host is killed.
 * Also takes the variable that named the cache out of the environment: processes that smokes start are none of ours.
 */
export function keepCompiledCode(): void {
  delete process.env['NODE_COMPILE_CACHE']
  flushCompileCache()
}
