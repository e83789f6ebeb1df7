/**
 * Expected failures, as tagged data. Exceptions are for bugs; whatever a user can meet is one of these.
 * Every value here is plain JSON, because it goes into the journal as it is.
 * `failure-text.ts` renders each of them; the compiler finds a forgotten one.
 */

import type { Slowness } from './slowness.ts'

/** Who holds a socket. `since` is ISO 8601 wall-clock time; absent where the system does not tell. */
export interface Holder {
  readonly pid: number
  readonly command: string
  readonly since?: string
  readonly address: string
}

/** One readiness attempt: `atMs` after the daemon was spawned, what was asked and what came back. */
export interface ProbeResult {
  readonly atMs: number
  readonly kind: string
  readonly ok: boolean
  readonly saw: string
}

/** Where in a source file; line and column count from 1. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The request an expectation was about. */
export interface RequestLine {
  readonly daemon: string
  readonly method: string
  readonly url: string
}

/** One expectation that did not hold. `expected` and `received` are bounded, printable text. */
export interface Mismatch {
  readonly what: string
  readonly expected: string
  readonly received: string
}

/** The last lines a process wrote, printable. */
export type LogTail = readonly string[]

export type Failure =
  // Before and while a daemon comes up.
  | {
      readonly tag: 'bind-taken'
      readonly daemon: string
      readonly address: string
      readonly holders: readonly Holder[]
    }
  | {
      readonly tag: 'no-free-port'
      readonly daemon: string
      readonly range: string
    }
  | {
      readonly tag: 'spawn-failed'
      readonly daemon: string
      readonly command: readonly string[]
      readonly cwd: string
      readonly reason: 'not-found' | 'not-executable' | 'bad-directory' | 'other'
      readonly detail: string
    }
  | {
      readonly tag: 'exited-before-ready'
      readonly daemon: string
      readonly code: number | null
      readonly signal: string | null
      readonly afterMs: number
      readonly log: LogTail
    }
  | {
      readonly tag: 'not-ready'
      readonly daemon: string
      /** 0: it was only looked at. */
      readonly timeoutMs: number
      /** What readiness still lacked, e.g. "nothing listens on 127.0.0.1:3211". */
      readonly lacking: readonly string[]
      readonly probes: readonly ProbeResult[]
      readonly log: LogTail
    }
  | {
      readonly tag: 'foreign-listener'
      readonly daemon: string
      readonly address: string
      readonly holders: readonly Holder[]
    }
  | {
      readonly tag: 'exposed'
      readonly daemon: string
      readonly addresses: readonly string[]
    }
  | {
      /** A daemon whose own needs never came up; it was not started. */
      readonly tag: 'needs-failed'
      readonly daemon: string
      readonly needs: readonly string[]
    }
  // While it is watched.
  | {
      readonly tag: 'died'
      readonly daemon: string
      readonly code: number | null
      readonly signal: string | null
      readonly upMs: number
      readonly log: LogTail
    }
  | ({
      /** `upMs`: when it was seen, from the start of its process. */
      readonly tag: 'limit-exceeded'
      readonly daemon: string
      readonly upMs?: number
    } & (
      | { readonly limit: 'max_rss'; readonly allowedBytes: number; readonly seenBytes: number }
      | { readonly limit: 'max_fds'; readonly allowed: number; readonly seen: number }
      | {
          /** CPU time while the smoke ran. */
          readonly limit: 'max_cpu'
          readonly smoke: string
          readonly allowedMs: number
          readonly seenMs: number
        }
    ))
  | {
      /** Liveness (`alive = …`) no longer holds. */
      readonly tag: 'not-alive'
      readonly daemon: string
      readonly probes: readonly ProbeResult[]
    }
  // Smokes.
  | {
      readonly tag: 'step-failed'
      readonly smoke: string
      readonly step: string
      readonly mismatches: readonly Mismatch[]
      readonly request?: RequestLine
      readonly location?: Location
      /** For a condition polled with `within`: how long and how often it was tried. */
      readonly waited?: { readonly ms: number; readonly attempts: number }
    }
  | {
      readonly tag: 'smoke-broken'
      readonly smoke: string
      readonly how:
        | 'load' // the file could not be imported, or does not export a smoke
        | 'threw'
        | 'rejected' // a promise nobody awaited was rejected
        | 'exited' // process.exit, a signal, a native crash
        | 'over-budget'
        | 'proved-nothing'
        | 'not-awaited'
        | 'left-running' // timers or sockets that keep the event loop alive
        | 'left-process'
        | 'left-stopped' // stopped a daemon and did not start it again
      readonly detail: string
      readonly step?: string
      readonly stack?: string
      readonly location?: Location
    }
  | {
      /** A smoke that is an executable and said no. */
      readonly tag: 'command-failed'
      readonly smoke: string
      readonly code: number | null
      readonly signal: string | null
      readonly output: LogTail
      /** TAP lines that were `not ok`, or that were missing from the plan. */
      readonly failedPoints: readonly string[]
    }
  | {
      readonly tag: 'blocked'
      readonly smoke: string
      readonly daemons: readonly string[]
      readonly reason: string
    }
  | {
      /** It kept its promise, but took longer than it does, and the run was asked to fail for that. */
      readonly tag: 'slow'
      readonly smoke: string
      readonly slowness: Slowness
    }
  // The run as a whole.
  | {
      readonly tag: 'leak'
      readonly kind: 'process' | 'port' | 'lease' | 'folder'
      readonly what: string
      readonly owner?: string
      /** A process that was found late, and is gone now. */
      readonly ended?: true
    }
  | {
      readonly tag: 'evidence-lost'
      readonly path: string
      readonly reason: string
    }
  | {
      readonly tag: 'tool-fault'
      readonly message: string
      readonly stack?: string
    }

/** A failure of one given kind, e.g. `FailureOf<'died'>`. */
export type FailureOf<T extends Failure['tag']> = Extract<Failure, { tag: T }>
