/**
 * Starts a program that talks to the person in our place: its output goes straight to our standard error. It has a
 * session of its own, so that a Ctrl-C reaches it once, through us, and not a second time from the terminal.
 */
import { spawn } from 'node:child_process'
import { messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { identifyChild, type ProcessIdentity } from './process-table.ts'
import type { Exit } from './spawn.ts'

export interface Attached {
  /** Undefined when it ended before it could be looked at. */
  readonly identity: ProcessIdentity | undefined
  readonly exited: Promise<Exit>
  /** To the program alone: what it started is its own to stop. */
  signal(signal: NodeJS.Signals): void
}

/** @returns an error when it cannot be started. Its standard input is empty. */
export function startAttached(o: {
  readonly command: readonly string[]
  readonly cwd: string
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv
}): Promise<Result<Attached, string>> {
  const [program = '', ...args] = o.command
  const child = spawn(program, args, { cwd: o.cwd, env: o.env, detached: true, stdio: ['ignore', 2, 2] })
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(err(`${program} could not be run: ${messageOf(error)}`)))
    child.once('spawn', () => {
      const identity = child.pid === undefined ? undefined : identifyChild(child.pid)
      // `kill` of a child that has ended does nothing.
      resolve(ok({ identity, exited, signal: (signal) => void child.kill(signal) }))
    })
  })
}
