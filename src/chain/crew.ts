/**
 * What a chain needs of whoever runs its daemons: itself (`own-crew.ts`), or the supervisor of a stack that is up.
 * Whatever happens to a daemon is told as events; here is only what the chain asks for.
 */
import type { DaemonState } from '../daemon/context.ts'
import type { Emit, EventBody, SocketAddress } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Use } from '../kernel/resources.ts'
import type { StackControls } from '../smoke/types.ts'

/** A daemon as the chain sees it. */
export interface CrewMember {
  readonly name: string
  readonly state: DaemonState
  /** Of its process; undefined while there is none. */
  readonly pid: number | undefined
  /** Why it can no longer be trusted; undefined for one that can, and for one that is down on purpose. */
  checkStillOurs(): Failure | undefined
  /** The last lines it wrote, printable, oldest first. */
  logTail(lines: number): string[]
  /** Called with every end that nobody asked for, and with limits and liveness lost. Returns the unsubscriber. */
  onDeath(fn: (failure: Failure) => void): () => void
  /** A smoke begins: what is used from now on is counted. */
  beginUse(): void
  /** The smoke ends. */
  endUse(smoke: string): Use
}

/** A socket that must not listen any more. */
export interface StoppedSocket {
  readonly daemon: string
  readonly address: SocketAddress
}

export interface Crew {
  readonly daemons: ReadonlyMap<string, CrewMember>
  /** For smokes; the exits they ask for are expected. */
  readonly controls: StackControls
  /** PID of the supervisor whose daemons these are; absent: the chain's own. */
  readonly attachedTo?: number
  /** Gets these daemons ready, or finds them so; tells about each. False: not all of them. */
  boot(names: readonly string[]): Promise<boolean>
  /** Resolves when everything that has happened until now has been told. */
  settle(): Promise<void>
  /** Hears every event of the run. */
  note(event: EventBody): void
  /** Ends what it runs. */
  stop(): Promise<readonly StoppedSocket[]>
}

export interface CrewContext {
  readonly emit: Emit
  /** The smoke that is running, to whom a death is attributed. */
  currentSmoke(): string | null
}
