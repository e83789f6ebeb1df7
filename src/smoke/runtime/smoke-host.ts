/** The tool's end of a smoke host: starts the process, talks to it, and ends it with everything it started. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { compileCacheEnvironment } from '../../host/compile-cache.ts'
import { baseEnvironment } from '../../host/environment.ts'
import type { Guardian } from '../../host/guardian.ts'
import { type Marker, markerEnvironment, ownerMarker } from '../../host/marker.ts'
import { identify, type ProcessIdentity } from '../../host/process-table.ts'
import { killFamily } from './family.ts'
import type { Envelope, FromHost, ToHost } from './messages.ts'

const PROGRAM = fileURLToPath(new URL('./host-process.ts', import.meta.url))
/** How long the rest of the output may take after the process has gone: a grandchild may hold the pipe open. */
const DRAIN_MS = 500

/** How the process ended. */
export interface HostExit {
  readonly code: number | null
  readonly signal: string | null
  /** It could not even be started. */
  readonly detail?: string
}

/**
 * The process is started as it is made, and is to be ended by `kill`, or by `endUnused`. For one user at a time:
 * `onMessage` and `onOutput` are that one's, `nextCall` tells its answers from late ones.
 */
export class SmokeHost {
  readonly #child: ChildProcess
  readonly #channel: string
  readonly #marker: Marker
  #guardian: Guardian | undefined
  /** Its working directory. */
  readonly root: string
  readonly identity: ProcessIdentity | undefined
  readonly #exited = Promise.withResolvers<HostExit>()
  readonly #closed = Promise.withResolvers<void>()
  readonly #ready = Promise.withResolvers<void>()
  #calls = 0
  /** Takes every message; set by whoever works with the host at the moment. */
  onMessage: ((message: FromHost) => void) | undefined
  onOutput: ((chunk: Buffer) => void) | undefined
  /** An error that came while nobody was working with the host: something of an earlier smoke is still alive. */
  late: string | undefined

  /** It ends by itself when this process is gone, as long as it has loaded no smoke: see `guardBy`. */
  constructor(o: { root: string; marker: Marker }) {
    this.root = o.root
    this.#channel = randomBytes(12).toString('hex')
    this.#marker = ownerMarker(o.marker, 'smoke-host')
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, this.#channel], {
      cwd: o.root,
      env: {
        ...baseEnvironment(),
        ...compileCacheEnvironment(),
        ...markerEnvironment(o.marker, this.#marker),
      },
      // A session of its own: the terminal's Ctrl-C is for the tool to handle.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const child = this.#child
    this.identity = child.pid === undefined ? undefined : identify(child.pid)
    child.stdout?.on('data', (chunk: Buffer) => this.onOutput?.(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.onOutput?.(chunk))
    child.on('message', (envelope: Envelope<FromHost>) => this.#receive(envelope))
    child.on('exit', (code, signal) => this.#end({ code, signal }))
    child.on('close', () => this.#closed.resolve())
    child.on('error', (error) => this.#end({ code: null, signal: null, detail: error.message }))
    // Without its channel it cannot say how a smoke ends: as good as dead.
    child.on('disconnect', () => child.kill('SIGKILL'))
  }

  /** To be called before it is sent anything: a smoke may keep it from noticing that this process is gone. */
  guardBy(guardian: Guardian): void {
    this.#guardian = guardian
    if (this.identity) guardian.watchGroup(this.identity)
  }

  /** Resolves when it takes orders, or has ended. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Resolves when the process has ended. Never rejects. */
  get exited(): Promise<HostExit> {
    return this.#exited.promise
  }

  /** It runs, and can still be talked to. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.connected
  }

  /** The number of a new order, which what is answered to it carries. */
  nextCall(): number {
    this.#calls += 1
    return this.#calls
  }

  /** Goes nowhere when it has ended, which `exited` tells. */
  send(message: ToHost): void {
    if (!this.#child.connected) return
    const envelope: Envelope<ToHost> = { smokechain: this.#channel, message }
    // An error here means that it has just ended, which `exited` tells.
    this.#child.send(envelope, () => undefined)
  }

  /** Which processes belong to the smoke that `owner` marks: descendants, session, carriers of the marker. */
  familyOf(owner: Marker): { pid?: number; sid?: number; startTime?: string; marker: Marker } {
    const { identity } = this
    if (!identity) return { marker: owner }
    return { pid: identity.pid, sid: identity.pid, startTime: identity.startTime, marker: owner }
  }

  /** Ends it with SIGKILL, and everything of the smoke that `owner` marks. Resolves when all of it is gone. */
  async kill(owner?: Marker): Promise<void> {
    await killFamily(this.familyOf(owner ?? this.#marker))
    this.#child.kill('SIGKILL')
    await this.#exited.promise
    await this.drained()
    if (this.identity) this.#guardian?.unwatchGroup(this.identity)
  }

  /** Ends one that nobody has sent anything, so that it alone is to be ended. One that is gone stays so. */
  async endUnused(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited.promise
  }

  /** After the exit: resolves when all its output has been read, or shortly after. */
  async drained(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, DRAIN_MS)
    await Promise.race([this.#closed.promise, late.promise])
    clearTimeout(timer)
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
  }

  #receive(envelope: Envelope<FromHost> | undefined): void {
    // Whatever else a smoke sends through its process's channel is none of ours.
    if (envelope?.smokechain !== this.#channel) return
    const { message } = envelope
    if (message.type === 'ready') this.#ready.resolve()
    else if (this.onMessage) this.onMessage(message)
    else if (message.type === 'late') this.late ??= message.detail
  }

  #end(exit: HostExit): void {
    this.#exited.resolve(exit)
    this.#ready.resolve()
  }
}
