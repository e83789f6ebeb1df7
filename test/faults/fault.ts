/** What a fault is: one behaviour of a daemon broken on purpose, between the daemon and whoever asks it. */
import type { IncomingHttpHeaders } from 'node:http'

/** A request, whole. */
export interface Seen {
  readonly method: string
  /** As it came, with the query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** An answer, whole. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
}

/** What a break may remember from one request to the next, as long as the process lives. */
export type Memory = Map<string, unknown>

/** One change of what passes. A request that no break is about passes untouched, streamed. */
export interface Break {
  /** `PUT /v1/objects/*`: method and path, `*` for anything (in the method, too), without the query. */
  readonly route: string
  /** Only from this start of the daemon on; 2 is the first restart. */
  readonly from?: number
  /** Only where this holds. */
  readonly when?: (request: Seen, memory: Memory) => boolean
  /** The request's body is read to its end and thrown away: for bodies too large to hold. */
  readonly drains?: true
  /** Answers in place of the daemon. */
  readonly instead?: (request: Seen, memory: Memory) => Reply
  /** What the daemon gets instead of what was sent. */
  readonly send?: (request: Seen, memory: Memory) => Seen
  /** What the caller gets instead of what the daemon said. */
  readonly reply?: (reply: Reply, request: Seen, memory: Memory) => Reply
}

/** How a second copy behaves that finds its address taken. */
export type TakenFault = 'says-nothing' | 'exits-0' | 'names-no-address'

/** One change of what a command-line job does. */
export interface JobBreak {
  /** The arguments that the real job gets. */
  readonly args?: (args: readonly string[]) => readonly string[]
  /** What it prints. */
  readonly stdout?: (text: string) => string
  readonly stderr?: (text: string) => string
  /** The file that this argument names, or every .jsonl file in the folder, gets other lines when the job is done. */
  readonly file?: string
  /** Only when the job has printed this. */
  readonly when?: (stdout: string) => boolean
  readonly lines?: (lines: readonly string[]) => readonly string[]
  readonly exitCode?: (code: number) => number
}

export interface Fault {
  /** `d2-forgets`: unique, begins with the smoke. */
  readonly id: string
  /** The daemon that is broken, or the job. */
  readonly daemon: string
  /** The smoke that claims the behaviour, and has to go red. */
  readonly smoke: string
  /** The broken behaviour, after "storaged …": `acknowledges an object and does not store it`. */
  readonly what: string
  readonly breaks?: readonly Break[]
  readonly taken?: TakenFault
  /** The fault is that of a job: it is run in a wrapper. */
  readonly job?: JobBreak
  /** Removes this key's folder (of the daemon's own section of the configuration) at every restart. */
  readonly forgets?: string
}

/** Declares the faults of one smoke. */
export function faultsOf(
  smoke: string,
  faults: Readonly<Record<string, Omit<Fault, 'id' | 'smoke'>>>,
): readonly Fault[] {
  return Object.entries(faults).map(([name, fault]) => ({ id: `${smoke}-${name}`, smoke, ...fault }))
}
