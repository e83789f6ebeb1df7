/** Programs that the gate runs in its place (a set-up, a chain): one at a time, and a Ctrl-C is passed on to it. */
import { dirname, join } from 'node:path'
import { type Attached, startAttached } from '../host/attached.ts'
import type { Exit } from '../host/spawn.ts'

export interface Child {
  /**
   * Runs a program to its end; its output goes to our standard error.
   *
   * @param project its `node_modules/.bin` comes first on PATH, then the folder of the Node that runs us.
   * @throws Error when it cannot be started.
   */
  run(command: readonly string[], cwd: string, project: string): Promise<Exit>
}

/** @param env all of the children's environment. */
export function createChild(
  signals: { readonly stop: AbortSignal; readonly kill: AbortSignal },
  env: NodeJS.ProcessEnv,
): Child {
  return {
    async run(command, cwd, project) {
      if (signals.stop.aborted) return { code: null, signal: 'SIGINT' }
      const path = [
        join(project, 'node_modules/.bin'),
        dirname(process.execPath),
        env['PATH'] ?? '/usr/bin:/bin',
      ]
      const started = await startAttached({ command, cwd, env: { ...env, PATH: path.join(':') } })
      if (!started.ok) throw new Error(started.error)
      return waitFor(started.value, signals)
    },
  }
}

async function waitFor(
  child: Attached,
  { stop, kill }: { readonly stop: AbortSignal; readonly kill: AbortSignal },
): Promise<Exit> {
  const interrupt = (): void => child.signal('SIGINT')
  for (const signal of [stop, kill]) {
    if (signal.aborted) interrupt()
    else signal.addEventListener('abort', interrupt, { once: true })
  }
  try {
    return await child.exited
  } finally {
    for (const signal of [stop, kill]) signal.removeEventListener('abort', interrupt)
  }
}
