/** The supervisor's side of the control socket: one desk for everybody who asks. */

import type { LineChannel, OnMessage } from '../host/line-socket.ts'
import { messageOf } from '../kernel/errno.ts'
import type { EventBody } from '../kernel/event.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import { didYouMean } from '../kernel/text.ts'
import { type Ask, type Refusal, type Request, readRequest } from './protocol.ts'
import type { Reloaded, StopReport, Supervisor } from './supervisor.ts'
import { type ChainVisit, Visits } from './visits.ts'

export interface ControlDesk {
  /** For each connection. */
  open(channel: LineChannel): OnMessage
  /** Hears every event, redacted. */
  note(event: EventBody): void
  /** Answers those who asked for the stop. */
  tellStopped(report: StopReport): void
}

export interface ControlDeskOptions {
  readonly supervisor: Supervisor
  readonly logPathOf: (daemon: string) => string
  /** Asks the supervisor's owner to take the stack down. */
  stop(): void
  /** Reads the stack file again, and starts what is new. A refusal is text for people. */
  reload(): Promise<Reloaded | Refusal>
}

/**
 * Whatever goes wrong with a request is answered over its channel; nothing comes back to whoever listens. An event
 * goes to those who are connected at that moment; who asked for the stop hears of it through `tellStopped`.
 */
export function createControlDesk(o: ControlDeskOptions): ControlDesk {
  const listeners = new Set<(event: EventBody) => void>()
  const stopping: { channel: LineChannel; id: number }[] = []
  const visits = new Visits(o.supervisor, o.logPathOf)

  const sendEvents = (channel: LineChannel, id: number): (() => void) => {
    const listener = (event: EventBody): void => channel.send({ id, part: { event } })
    listeners.add(listener)
    const off = (): void => void listeners.delete(listener)
    void channel.closed.then(off)
    return off
  }

  const answer = async (
    request: Request,
    channel: LineChannel,
    visit: ChainVisit | undefined,
  ): Promise<unknown> => {
    switch (request.op) {
      case 'status':
        return o.supervisor.status()
      case 'sync':
        return null
      case 'restart':
        return await restart(o.supervisor, request.daemon)
      case 'reload': {
        const off = sendEvents(channel, request.id)
        const done = await o.reload()
        off()
        return 'message' in done ? refuse(done) : done
      }
      case 'control':
        return visit ? await visit.control(request) : refuse({ message: 'not attached' })
      default:
        throw new Error(`"${request.op}" has no single answer`)
    }
  }

  const stream = (request: Request, channel: LineChannel): boolean => {
    const { id } = request
    if (request.op === 'stop') {
      sendEvents(channel, id)
      stopping.push({ channel, id })
      o.stop()
      return true
    }
    if (request.op === 'follow') {
      follow(o.supervisor, request, channel)
      return true
    }
    return false
  }

  return {
    open(channel) {
      let visit: ChainVisit | undefined
      return (message) => {
        const request = readRequest(message)
        if (!request) {
          // Another version, or no client of ours.
          channel.send({ id: -1, error: { message: 'not understood' } })
          channel.end()
          return
        }
        if (stream(request, channel)) return
        const { id } = request
        if (request.op === 'attach') {
          void o.supervisor.booted.then((up) => {
            const opened = up ? visits.open(channel) : NOT_UP
            if ('message' in opened) {
              channel.send({ id, error: opened })
              return
            }
            visit = opened
            // In one breath: no event falls between the description and the stream.
            channel.send({ id, part: { attached: opened.attachment } })
            sendEvents(channel, id)
          })
          return
        }
        answer(request, channel, visit).then(
          (value) => channel.send(value instanceof Refused ? { id, error: value.refusal } : { id, value }),
          (error: unknown) => channel.send({ id, error: { message: messageOf(error) } }),
        )
      }
    },
    note(event) {
      for (const listener of listeners) listener(event)
    },
    tellStopped(report) {
      for (const { channel, id } of stopping) {
        channel.send({ id, value: report })
        channel.end()
      }
    },
  }
}

/** Told apart from every value. */
class Refused {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    this.refusal = refusal
  }
}

const refuse = (refusal: Refusal): Refused => new Refused(refusal)

const NOT_UP: Refusal = { message: 'the stack has not come up, or is going down' }

async function restart(supervisor: Supervisor, name: string): Promise<unknown> {
  if (!(await supervisor.booted)) return refuse(NOT_UP)
  const keeper = supervisor.keepers.get(name)
  if (!keeper) return refuse(unknownDaemon(supervisor, name))
  const result = await keeper.restart()
  if (!result.ok) return refuse({ message: renderFailure(result.error).headline, failure: result.error })
  return { pid: keeper.daemon.pid }
}

function follow(
  supervisor: Supervisor,
  { id, daemon, lines }: Extract<Ask, { op: 'follow' }> & { id: number },
  channel: LineChannel,
): void {
  const keeper = supervisor.keepers.get(daemon)
  if (!keeper) {
    channel.send({ id, error: unknownDaemon(supervisor, daemon) })
    return
  }
  const recent: string[] = []
  let replaying = true
  const off = keeper.daemon.onLine((line) => {
    if (replaying) recent.push(line)
    else channel.send({ id, part: line })
  })
  replaying = false
  for (const line of lines > 0 ? recent.slice(-lines) : []) channel.send({ id, part: line })
  void channel.closed.then(off)
}

function unknownDaemon(supervisor: Supervisor, name: string): Refusal {
  const known = [...supervisor.keepers.keys()]
  const message = `no daemon named "${name}" is up${didYouMean(name, known)} (there are: ${known.join(', ')})`
  return { message, usage: true }
}
