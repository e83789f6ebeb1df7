/** Starts a process in a session of its own, its output going into a log. */
import type { ChildProcess } from 'node:child_process'
import { PassThrough, Readable } from 'node:stream'
import { now } from '../kernel/clock.ts'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { LogFile } from './log-file.ts'
import { identify, identifyChild, type ProcessIdentity } from './process-table.ts'
import { explainNotFound, resolveCommand } from './resolve-command.ts'
import { readSocketInode } from './sockets-linux.ts'
import type { SpawnError } from './spawn-error.ts'

export type { SpawnError } from './spawn-error.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Output {
  readonly inode: string
  /** False: nobody holds it any more. True may be too much by what is still on its way. */
  readonly open: boolean
}

export interface Child {
  readonly pid: number
  readonly identity: ProcessIdentity
  /** `now()` of kernel/clock when it was spawned. */
  readonly spawnedAt: number
  /** Resolves the moment the process ends, even while a grandchild still holds its output. Never rejects. */
  readonly exited: Promise<Exit>
  readonly exit: Exit | undefined
  /** Resolves when, after the exit, the log has all output; or 25 ms after it when a grandchild holds the pipes open. */
  readonly drained: Promise<void>
  /** Everything the child writes to that descriptor; undefined when it was not asked for at spawning. */
  extraFd(fd: number): Readable | undefined
  /** The sockets that its output goes through, as it was given them. Empty where the system does not tell. */
  outputs(): readonly Output[]
  /** To the process group. False: the group is gone. */
  signalGroup(signal: NodeJS.Signals): boolean
  /** Stops listening to its output, so that a process that outlived its family cannot keep the tool waiting. */
  closeOutput(): void
}

export interface SpawnOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[]
  readonly cwd: string
  /** All of the child's environment. */
  readonly env: Readonly<Record<string, string>>
  readonly log: LogFile
  /** Descriptors (3 to 9) that the child gets as a pipe to us. */
  readonly extraFds?: readonly number[]
}

const DRAIN_MS = 25

let loaded: Promise<typeof import('execa')> | undefined

/** A hundred small files: loaded when a process is first to be started, or before that by whoever has to wait anyway. */
export async function loadSpawning(): Promise<typeof import('execa')> {
  loaded ??= import('execa')
  return await loaded
}

/** Never rejects: whatever stands in the way is told in the error. */
export async function spawnChild(o: SpawnOptions): Promise<Result<Child, SpawnError>> {
  const [program = '', ...args] = o.command
  const file = resolveCommand({ program, cwd: o.cwd, env: o.env })
  if (!file.ok) return file
  const extraFds = o.extraFds ?? []
  const highest = Math.max(2, ...extraFds)
  const stdio = Array.from({ length: highest + 1 }, (_, fd) =>
    fd === 1 || fd === 2 || extraFds.includes(fd) ? ('pipe' as const) : ('ignore' as const),
  )
  const { execa } = await loadSpawning()
  const spawnedAt = now()
  const running = execa(file.value, args, {
    cwd: o.cwd,
    env: { ...o.env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    verbose: 'none',
    stdio: ['ignore', 'pipe', 'pipe', ...stdio.slice(3)],
  })
  if (running.pid === undefined) {
    const { cause, message } = await running
    return err(explainSpawnFault(cause ?? new Error(message), file.value))
  }
  return ok(new SpawnedChild(running.nodeChildProcess, running.pid, spawnedAt, o.log))
}

function explainSpawnFault(cause: unknown, file: string): SpawnError {
  if (hasCode(cause, 'ENOENT')) return { reason: 'not-found', detail: explainNotFound(file) }
  if (hasCode(cause, 'EACCES', 'EPERM', 'ENOEXEC'))
    return { reason: 'not-executable', detail: messageOf(cause) }
  return { reason: 'other', detail: messageOf(cause) }
}

class SpawnedChild implements Child {
  readonly pid: number
  readonly identity: ProcessIdentity
  readonly spawnedAt: number
  readonly exited: Promise<Exit>
  readonly drained: Promise<void>
  exit: Exit | undefined
  /** What is written by it comes in here. */
  readonly #inputs: Readable[] = []
  /** By inode of the other end. */
  readonly #outputs = new Map<string, Readable>()
  readonly #extra = new Map<number, PassThrough>()

  constructor(process: ChildProcess, pid: number, spawnedAt: number, log: LogFile) {
    this.pid = pid
    // Not yet waited for, so the number cannot have been given to another process.
    this.identity = identifyChild(pid) ?? { pid, startTime: '0' }
    this.spawnedAt = spawnedAt
    this.exited = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        this.exit = { code, signal }
        resolve(this.exit)
      })
    })
    for (const [fd, stream] of process.stdio.entries()) {
      if (!(stream instanceof Readable)) continue
      this.#inputs.push(stream)
      // Now, before it has put anything else in its place.
      const inode = readSocketInode(pid, fd)
      if (inode !== undefined) this.#outputs.set(inode, stream)
      // Kept in a stream of ours: whoever asks later misses nothing of it.
      if (fd > 2) this.#extra.set(fd, stream.pipe(new PassThrough()))
    }
    const ends = [process.stdout, process.stderr].map((stream) =>
      stream ? this.#collect(stream, log) : undefined,
    )
    this.drained = this.#drain(ends)
  }

  outputs(): readonly Output[] {
    return [...this.#outputs].map(([inode, stream]) => ({ inode, open: !stream.readableEnded }))
  }

  extraFd(fd: number): Readable | undefined {
    return this.#extra.get(fd)
  }

  signalGroup(signal: NodeJS.Signals): boolean {
    if (this.exit && (identify(this.pid)?.startTime ?? this.identity.startTime) !== this.identity.startTime)
      return false
    try {
      return process.kill(-this.pid, signal)
    } catch (error) {
      // macOS says EPERM for a group of which only zombies are left.
      if (hasCode(error, 'ESRCH') || (hasCode(error, 'EPERM') && process.platform === 'darwin')) return false
      if (hasCode(error, 'EPERM')) return true
      throw error
    }
  }

  closeOutput(): void {
    for (const stream of this.#inputs) stream.destroy()
  }

  #collect(stream: Readable, log: LogFile): Promise<void> {
    const source = log.openSource()
    stream.on('data', (chunk: Buffer) => source.write(chunk))
    stream.on('error', (error) => source.write(Buffer.from(`\n… output lost: ${messageOf(error)} …\n`)))
    return new Promise((resolve) => {
      stream.once('close', () => {
        source.end()
        resolve()
      })
    })
  }

  async #drain(ends: readonly (Promise<void> | undefined)[]): Promise<void> {
    await this.exited
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS)
    })
    await Promise.race([Promise.all(ends), enough])
    clearTimeout(timer)
  }
}
