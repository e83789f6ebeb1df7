/** The tool's side of the guardian: a process of its own that cleans up when the tool is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compileCacheEnvironment } from './compile-cache.ts'
import { baseEnvironment } from './environment.ts'
import type { Marker } from './marker.ts'
import { identify, type ProcessIdentity } from './process-table.ts'

export interface Guardian {
  /** 0 when it could not be started; then `lost` resolves. */
  readonly pid: number
  /** Whose session and process group, and descendants, it ends. Call it as soon as the process is there. */
  watchGroup(id: ProcessIdentity): void
  /** When the whole family is gone: the number may be given to somebody else from then on. */
  unwatchGroup(id: ProcessIdentity): void
  /** It ends whoever holds the socket of this inode and is younger than the tool. */
  watchSocket(inode: string): void
  /** When nobody holds it any more: the number may come to mean another. */
  unwatchSocket(inode: string): void
  /** A folder or file that it removes. */
  removeLater(path: string): void
  /** It is not to be removed any more, or is gone already. */
  forget(path: string): void
  /** Dismisses it, and waits until it is gone. Idempotent. */
  close(): Promise<void>
  /** Resolves when the guardian died by itself: nobody would clean up from then on. */
  readonly lost: Promise<void>
}

export interface GuardianOptions {
  /** Every process that carries it is ended. */
  readonly marker: Marker
  /** Where it writes what it did, should it have to act; a file that is not there otherwise. */
  readonly report?: string
}

/** What the guardian is told at its start, as JSON in its arguments. */
export interface GuardianOrders {
  readonly tool: ProcessIdentity
  readonly marker: Marker
  readonly report?: string
}

const ENTRY = fileURLToPath(new URL('./guardian-process.ts', import.meta.url))
// It holds a few lines of text; the flags keep its memory near the runtime's own.
const FLAGS = ['--max-old-space-size=32', '--max-semi-space-size=1', '--v8-pool-size=0', '--no-warnings']
const CLOSE_MS = 3_000

/** Returns at once; what it is told before it has booted waits in the pipe. */
export function startGuardian(o: GuardianOptions): Guardian {
  const tool = identify(process.pid)
  if (tool === undefined) throw new Error('this process does not see itself in the process table')
  const orders: GuardianOrders = { tool, ...o }
  // Not execa: the guardian must outlive this process, and nothing of it is to be read.
  const child = spawn(process.execPath, [...FLAGS, ENTRY, JSON.stringify(orders)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: guardianEnvironment(),
  })
  child.unref()
  return new PipeGuardian(child)
}

/** Without the run's marker, or it would end itself. */
function guardianEnvironment(): Record<string, string> {
  const leases = process.env['SMOKECHAIN_LEASE_DIR']
  return {
    ...baseEnvironment(),
    ...compileCacheEnvironment(),
    ...(leases === undefined ? {} : { SMOKECHAIN_LEASE_DIR: leases }),
  }
}

class PipeGuardian implements Guardian {
  readonly pid: number
  readonly lost: Promise<void>
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  #closing = false

  constructor(child: ChildProcess) {
    this.#child = child
    this.pid = child.pid ?? 0
    this.#gone = new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    this.lost = this.#gone.then(() => (this.#closing ? new Promise<void>(() => undefined) : undefined))
    // Writing to a guardian that has died fails with EPIPE; `lost` says so already.
    child.stdin?.on('error', () => undefined)
  }

  watchGroup({ pid, startTime }: ProcessIdentity): void {
    this.#tell(`group ${pid} ${startTime}`)
  }
  unwatchGroup({ pid, startTime }: ProcessIdentity): void {
    this.#tell(`ungroup ${pid} ${startTime}`)
  }
  watchSocket(inode: string): void {
    this.#tell(`socket ${inode}`)
  }
  unwatchSocket(inode: string): void {
    this.#tell(`unsocket ${inode}`)
  }
  removeLater(path: string): void {
    this.#tell(`remove ${JSON.stringify(path)}`)
  }
  forget(path: string): void {
    this.#tell(`forget ${JSON.stringify(path)}`)
  }

  async close(): Promise<void> {
    this.#child.ref()
    if (!this.#closing) {
      this.#closing = true
      this.#tell('done')
      this.#child.stdin?.end()
    }
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS)
    await this.#gone
    clearTimeout(timer)
  }

  /** A short line goes into the pipe before `write` returns, so it arrives even if we are killed the next moment. */
  #tell(line: string): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${line}\n`)
  }
}
