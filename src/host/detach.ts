/** This program once more, in a session of its own, so that it outlives the terminal; until it lets go, it tells us how it goes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import type { Exit } from './spawn.ts'

export interface DetachedStart {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Resolves when it has let go of us, or has ended. */
  readonly released: Promise<void>
  /** SIGTERM: it is to end in order. */
  terminate(): void
  /** This process may end before it does. */
  leave(): void
}

export interface DetachOptions {
  /** Arguments after the program's own file. */
  readonly args: readonly string[]
  /** Takes stdout and stderr; emptied first. */
  readonly logPath: string
  /** Called with each message of `tellParent`. */
  onMessage(message: unknown): void
}

/** Starts it with our environment and folder. Throws the system's error when it cannot. */
export function startDetached({ args, logPath, onMessage }: DetachOptions): DetachedStart {
  // Appending: were another supervisor at its end still writing there, none would write over the other.
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants
  const log = openSync(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
  let child: ChildProcess
  try {
    const [, program = ''] = process.argv
    // Not execa: it must outlive this process.
    child = spawn(process.execPath, [...process.execArgv, program, ...args], {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    })
  } finally {
    closeSync(log)
  }
  child.on('message', onMessage)
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const disconnected = new Promise<void>((resolve) => child.once('disconnect', resolve))
  const released = Promise.race([disconnected, exited.then(() => undefined)])
  return {
    pid: child.pid ?? 0,
    exited,
    released,
    terminate: () => void child.kill('SIGTERM'),
    leave: () => child.unref(),
  }
}

/** To whoever started this process by `startDetached`; nothing when nobody did, or they are gone. */
export function tellParent(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/** Lets go of the parent. */
export function releaseParent(): void {
  if (process.connected) process.disconnect()
}
