/**
 * A second instance of a daemon with a configuration of its own, beside the one of the stack: for behaviour
 * that is chosen at start (a wire form, an upstream that misbehaves). Ended with the smoke at the latest.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DaemonDescription } from 'smokechain'
import { $ } from 'zx'

export interface Copy {
  /** Where it listens. */
  readonly url: string
  /** Ends it, and waits for its end. */
  stop(): Promise<void>
}

/**
 * Starts the daemon's own command with `config` (TOML, binding port 0) in place of the stack's: in LAKEHOUSE_CONFIG, and
 * wherever the command itself names the stack's file, as in `-config file.toml`.
 *
 * @throws when it ends before it has said where it listens; the message holds what it said instead.
 */
export async function startCopy(
  daemon: DaemonDescription,
  config: string,
  place: { readonly dataDir: string; readonly name: string; readonly signal: AbortSignal },
): Promise<Copy> {
  const file = join(place.dataDir, `${place.name}.toml`)
  await writeFile(file, config, { mode: 0o600 })
  const original = daemon.env['LAKEHOUSE_CONFIG']
  const command = daemon.command.map((word) => (original ? word.replaceAll(original, file) : word))
  const running = $({
    cwd: daemon.cwd,
    env: { ...process.env, ...daemon.env, LAKEHOUSE_CONFIG: file },
    nothrow: true,
    quiet: true,
    // Debian's bash reads ~/.bashrc when its standard input is a socket, which is what Node gives as a pipe.
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: place.signal,
  })`${command}`

  const listening = (async () => {
    let said = ''
    for await (const chunk of running.stdout) {
      said += String(chunk)
      const url = /"url":"(http:[^"]+)"/.exec(said)?.[1]
      if (url !== undefined) return url
    }
    const { exitCode, stderr } = await running
    throw new Error(`a copy of ${daemon.name} ended with code ${exitCode}: ${stderr.trim() || said.trim()}`)
  })()

  return {
    url: await listening,
    async stop() {
      await running.kill('SIGTERM')
      await running
    },
  }
}
