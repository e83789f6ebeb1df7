/** Asks the supervisor of a stack that is up. */
import { connectLines, type LineChannel, type SocketFault } from '../host/line-socket.ts'
import type { Failure } from '../kernel/failure.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { type Ask, type Refusal, readReply } from './protocol.ts'

/** A supervisor that is busy answers later than that only when it is stuck. */
const ANSWER_MS = 15_000

export interface AskOptions {
  /** Takes the parts of the answer. */
  onPart?(part: unknown): void
  /** The answer may take as long as it likes. */
  readonly patient?: boolean
}

export interface ControlClient {
  /** The answer; a refusal also when the connection is lost before it comes. */
  ask<T>(ask: Ask, options?: AskOptions): Promise<Result<T, Refusal>>
  readonly closed: Promise<void>
  close(): void
}

interface Waiting {
  part(part: unknown): void
  end(result: Result<unknown, Refusal>): void
}

/** `nobody`: no supervisor listens there. */
export async function connectControl(socket: string): Promise<Result<ControlClient, SocketFault>> {
  const waiting = new Map<number, Waiting>()
  const connected = await connectLines(socket, (message, channel) => {
    const reply = readReply(message)
    if (!reply) {
      channel.end()
      return
    }
    const entry = waiting.get(reply.id)
    if ('part' in reply) entry?.part(reply.part)
    else entry?.end('error' in reply ? err(reply.error) : ok(reply.value))
  })
  if (!connected.ok) return connected
  return ok(createClient(connected.value, waiting))
}

function createClient(channel: LineChannel, waiting: Map<number, Waiting>): ControlClient {
  let last = 0
  const lost: Refusal = {
    message: 'the supervisor has ended, or does not understand this version of the tool',
  }
  void channel.closed.then(() => {
    for (const entry of [...waiting.values()]) entry.end(err(lost))
  })
  let open = true
  void channel.closed.then(() => {
    open = false
  })
  return {
    closed: channel.closed,
    close: () => channel.end(),
    ask<T>(ask: Ask, options: AskOptions = {}): Promise<Result<T, Refusal>> {
      if (!open) return Promise.resolve(err(lost))
      last += 1
      const id = last
      return new Promise((resolve) => {
        const timer = options.patient
          ? undefined
          : setTimeout(() => end(err({ message: 'the supervisor does not answer' })), ANSWER_MS)
        const end = (result: Result<unknown, Refusal>): void => {
          clearTimeout(timer)
          waiting.delete(id)
          // The supervisor is this tool: an answer to this request has this shape.
          resolve(result as Result<T, Refusal>)
        }
        waiting.set(id, { part: (part) => options.onPart?.(part), end })
        channel.send({ id, ...ask })
      })
    },
  }
}

/** What a refusal says, as a failure. */
export function toFailure(refusal: Refusal): Failure {
  return refusal.failure ?? { tag: 'tool-fault', message: refusal.message }
}
