/**
 * What is said over the control socket. The client asks (`Request`); the server answers each request with any number
 * of `part`s and one end. Both sides are this tool, perhaps of another version: whatever does not fit is refused.
 */
import type { EventBody } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'

export type Ask =
  | { readonly op: 'status' }
  /** Takes the stack down; parts are events. */
  | { readonly op: 'stop' }
  | { readonly op: 'restart'; readonly daemon: string }
  /** Starts what the file has more; parts are events. */
  | { readonly op: 'reload' }
  /** Parts are lines, without end. */
  | { readonly op: 'follow'; readonly daemon: string; readonly lines: number }
  /** Parts: first an `Attachment`, then events, without end. */
  | { readonly op: 'attach' }
  /** Of a client that is attached. */
  | {
      readonly op: 'control'
      readonly verb: 'start' | 'stop' | 'restart'
      readonly daemon: string
      readonly signal?: NodeJS.Signals
    }
  /** Answered when all events until now have been sent. */
  | { readonly op: 'sync' }

export type Request = Ask & { readonly id: number }

export type Reply =
  | { readonly id: number; readonly part: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: Refusal }

/** Why something was not done: a failure of a daemon, or text for people. */
export interface Refusal {
  readonly message: string
  readonly failure?: Failure
  /** The stack file or the command line is at fault. */
  readonly usage?: true
}

/** What a chain is told about the stack that it looks at. */
export interface Attachment {
  /** Of the supervisor's run, carried by the processes of its daemons. */
  readonly run: string
  readonly configText?: string
  readonly secrets: readonly string[]
  readonly daemons: readonly AttachedDaemon[]
}

export interface AttachedDaemon {
  readonly spec: ResolvedDaemon
  readonly state: string
  /** Absent for one that is not running. */
  readonly pid?: number
  readonly incarnation?: number
  /** Why it is not ready. */
  readonly failure?: Failure
  /** Its log file. */
  readonly log: string
}

/** What goes to an attached chain. */
export type AttachPart = { readonly attached: Attachment } | { readonly event: EventBody }

const OPS = ['status', 'stop', 'restart', 'reload', 'follow', 'attach', 'control', 'sync']
const VERBS = ['start', 'stop', 'restart']

/** Undefined: no request of this protocol. */
export function readRequest(message: unknown): Request | undefined {
  if (!isRecord(message) || typeof message['id'] !== 'number' || typeof message['op'] !== 'string')
    return undefined
  const { op, daemon, lines, verb, signal } = message
  if (!OPS.includes(op)) return undefined
  if (['restart', 'follow', 'control'].includes(op) && typeof daemon !== 'string') return undefined
  if (op === 'follow' && typeof lines !== 'number') return undefined
  if (op === 'control' && !(typeof verb === 'string' && VERBS.includes(verb))) return undefined
  if (signal !== undefined && !(typeof signal === 'string' && /^SIG[A-Z0-9]+$/.test(signal))) return undefined
  // Every field of every operation has been looked at.
  return message as unknown as Request
}

/** Undefined: no reply of this protocol. */
export function readReply(message: unknown): Reply | undefined {
  if (!isRecord(message) || typeof message['id'] !== 'number') return undefined
  if ('error' in message) {
    const { error } = message
    if (!isRecord(error) || typeof error['message'] !== 'string') return undefined
  } else if (!('part' in message) && !('value' in message)) return undefined
  // The supervisor is this user's own and speaks this protocol: what it carries is taken at its word.
  return message as unknown as Reply
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> & { op: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
