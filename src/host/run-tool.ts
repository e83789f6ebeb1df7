/** Runs a system tool of macOS (ps, lsof) and returns what it wrote. */
import { spawnSync } from 'node:child_process'

/**
 * Exit 1 with nothing written is how ps and lsof say "none found"; it comes back as an empty text.
 * Throws when the tool cannot be run at all: an empty answer would be taken for "nobody is there".
 */
export function runTool(file: string, args: readonly string[]): string {
  const run = spawnSync(file, args, {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 2 ** 20,
    timeout: 10_000,
  })
  if (run.error) throw new Error(`${file} could not be run: ${run.error.message}`)
  return run.stdout
}
