/** What a daemon is given by whoever runs it, and what is asked of it. */
import type { Belongings } from '../host/belongings.ts'
import type { Guardian } from '../host/guardian.ts'
import type { Marker } from '../host/marker.ts'
import type { Emit } from '../kernel/event.ts'

export interface DaemonContext {
  /** `logsDir` holds `<daemon>.log`. */
  readonly run: { readonly id: string; readonly marker: Marker; readonly logsDir: string }
  readonly guardian: Guardian
  /** Is told what the daemon's processes have that nobody else can come to have. */
  readonly belongings: Belongings
  readonly emit: Emit
  /** The smoke that is running, to whom a death is attributed. */
  currentSmoke(): string | null
  readonly secrets: readonly string[]
  readonly sampleEveryMs: number
}

/**
 * `failed`: it could not be started, or was stopped because it ran, but not as it must; `dead`: it has ended, and
 * nobody had asked it to. Both stay until the next start or stop.
 */
export type DaemonState = 'down' | 'starting' | 'ready' | 'stopping' | 'failed' | 'dead'

export interface StopRequest {
  /** First signal; default SIGTERM. */
  readonly signal?: NodeJS.Signals
  /** Kills at once what is still there when it fires. */
  readonly kill?: AbortSignal
}

/** What was last known of its health. */
export interface Health {
  readonly ok: boolean
  /** What was seen, printable. */
  readonly saw: string
  /** Monotonic, of `now()`. */
  readonly at: number
}
