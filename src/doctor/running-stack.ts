/** A stack that `up` keeps running, as the doctor sees it. The command wires it to the supervisor's own state. */
import type { SocketAddress } from '../kernel/event.ts'

export interface RunningDaemon {
  readonly name: string
  /** As the supervisor calls it: `ready`, `starting`, `failed`, … */
  readonly state: string
  readonly pid?: number
  readonly sockets: readonly SocketAddress[]
  /** How often the supervisor has started it again. */
  readonly restarts: number
  /** The supervisor's last look at its health. */
  readonly health?: { readonly ok: boolean; readonly saw: string }
  /** Why it is not running, in one line. */
  readonly failure?: string
  readonly logFile: string
}

export interface RunningStack {
  /** What its processes are marked with. */
  readonly run: string
  readonly supervisorPid: number
  /** The supervisor lives, but does not answer, and how; then nothing is known of its daemons. */
  readonly silent?: string
  readonly daemons: readonly RunningDaemon[]
}

/** A supervisor that died without giving its state back. */
export interface DeadSupervisor {
  /** What its processes are marked with. */
  readonly run: string
  readonly pid: number
  readonly since: string
  /** Where its lease lies. */
  readonly path: string
  /** Takes exactly this lease away. */
  remove(): void
}
