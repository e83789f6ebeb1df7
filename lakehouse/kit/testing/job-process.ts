/** For tests: a command-line job as a real process, run to its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface JobResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts `main` (absolute path of a TypeScript file) in an environment that holds PATH and what is given. */
export function startJob(
  main: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<JobResult> } {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = once(child, 'close').then(([code, signal]): JobResult => ({ code, signal, ...output }))
  return { child, ended }
}

export function runJobProcess(
  main: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<JobResult> {
  return startJob(main, args, env).ended
}
