/** A chain on a stack that is up: its daemons are looked at, restarted where a smoke asks for it, and left as they were. */
import type { Crew, CrewContext } from '../chain/crew.ts'
import { limitsOf } from '../daemon/limits.ts'
import { now } from '../kernel/clock.ts'
import type { EventBody } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { StackControls } from '../smoke/types.ts'
import type { ResolvedStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import { AttachedMember } from './attached-daemon.ts'
import { type ControlClient, toFailure } from './control-client.ts'
import type { Owner } from './owner-lease.ts'
import type { Attachment, AttachPart, Refusal } from './protocol.ts'

export interface AttachedStack {
  /** With the ports, folders and environments of the running daemons. */
  readonly resolved: ResolvedStack
  /** Once. What its `stop` ends is the connection; the daemons stay up. */
  createCrew(context: CrewContext, stop: AbortSignal): Crew
  /** Ends the connection. Idempotent; the daemons stay up. */
  close(): void
}

/** @param stack the file as it is now; daemons that do not run yet are told as missing. */
export async function attach(
  client: ControlClient,
  owner: Owner,
  stack: Stack,
): Promise<Result<AttachedStack, Refusal>> {
  const early: EventBody[] = []
  let onEvent = (event: EventBody): void => void early.push(event)
  const attached = Promise.withResolvers<Result<Attachment, Refusal>>()
  void client
    .ask<never>(
      { op: 'attach' },
      {
        patient: true,
        // The supervisor is this tool.
        onPart(part) {
          const news = part as AttachPart
          if ('attached' in news) attached.resolve(ok(news.attached))
          else onEvent(news.event)
        },
      },
    )
    .then((end) => {
      if (!end.ok) attached.resolve(end)
    })
  const attachment = await attached.promise
  if (!attachment.ok) return attachment
  const { configText, secrets, daemons, run } = attachment.value
  const members = new Map(daemons.map((daemon) => [daemon.spec.name, new AttachedMember(daemon, run)]))
  const missing = [...stack.daemons.keys()].filter((name) => !members.has(name))
  if (missing.length > 0) {
    return err({ message: `not running, though in the file: ${missing.join(', ')}; \`up\` starts them` })
  }
  return ok({
    resolved: {
      stack,
      daemons: new Map(daemons.map(({ spec }) => [spec.name, spec])),
      configText,
      secrets,
    },
    createCrew: (context, stop) =>
      createAttachedCrew({ client, owner, members, stop, context }, (listener) => {
        onEvent = listener
        for (const event of early.splice(0)) listener(event)
      }),
    close: () => client.close(),
  })
}

/** How long a supervisor may take to tell of an end that we can see already. */
const END_TOLD_WITHIN_MS = 2_000

interface AttachedCrewOptions {
  readonly client: ControlClient
  readonly owner: Owner
  readonly members: ReadonlyMap<string, AttachedMember>
  readonly stop: AbortSignal
  readonly context: CrewContext
}

function createAttachedCrew(
  o: AttachedCrewOptions,
  listen: (listener: (event: EventBody) => void) => void,
): Crew {
  const { client, members, context, owner } = o
  let leaving = false
  const tell = (event: EventBody): void => {
    if (!('daemon' in event) || !event.type.startsWith('daemon.')) return
    const told = event.type === 'daemon.exited' ? { ...event, during: context.currentSmoke() } : event
    members.get(event.daemon)?.note(told)
    context.emit(told)
  }
  void client.closed.then(() => {
    if (leaving) return
    const why = `its supervisor, PID ${owner.pid}, has ended`
    context.emit({
      type: 'warning',
      message: `the stack is no longer up: the supervisor, PID ${owner.pid}, has ended`,
    })
    for (const member of members.values()) member.lose(why)
  })
  return {
    daemons: members,
    attachedTo: owner.pid,
    controls: createRemoteControls(client),
    boot: (names) => {
      // Not before: what happens while the run is being prepared is told once the run has begun.
      listen(tell)
      return proveAll(names, o)
    },
    async settle() {
      await client.ask({ op: 'sync' })
      // Who is gone by our own look is told of within moments; until then its end would pass for the next smoke's.
      const limit = AbortSignal.timeout(END_TOLD_WITHIN_MS)
      await Promise.all([...members.values()].map((member) => member.endTold(limit)))
    },
    note: () => undefined,
    async stop() {
      leaving = true
      client.close()
      await client.closed
      return []
    },
  }
}

/** Tells of each daemon as a boot would, with what our own look shows. */
async function proveAll(
  names: readonly string[],
  { members, context, stop }: AttachedCrewOptions,
): Promise<boolean> {
  const proofs = names.map(async (name) => {
    const member = members.get(name)
    if (!member) return false
    const { spec } = member
    const { pid, incarnation } = member
    if (pid !== undefined) {
      const sockets = spec.binds.map(({ name, host, port }) => ({ name, host, port }))
      const limits = limitsOf(spec)
      const about = { daemon: name, incarnation, pid, sockets, needs: spec.needs, ...(limits && { limits }) }
      context.emit({ type: 'daemon.spawned', ...about })
    }
    const startedAt = now()
    await member.settled(AbortSignal.any([stop, AbortSignal.timeout(spec.readyTimeoutMs)]))
    const proof = member.prove()
    if (!proof.ok) {
      context.emit({ type: 'daemon.failed', daemon: name, failure: proof.error })
      return false
    }
    const ms = now() - startedAt
    context.emit({ type: 'daemon.ready', daemon: name, incarnation, ms, ownership: proof.value, attempts: 1 })
    return true
  })
  return (await Promise.all(proofs)).every(Boolean)
}

/** The supervisor carries it out; exits that come of it are expected. */
function createRemoteControls(client: ControlClient): StackControls {
  const control = async (
    verb: 'start' | 'stop' | 'restart',
    daemon: string,
    o: { readonly signal?: NodeJS.Signals } = {},
  ): Promise<Result<void, Failure>> => {
    const signal = o.signal === undefined ? {} : { signal: o.signal }
    const answer = await client.ask<Result<void, Failure>>(
      { op: 'control', verb, daemon, ...signal },
      { patient: true },
    )
    return answer.ok ? answer.value : err(toFailure(answer.error))
  }
  return {
    start: (daemon) => control('start', daemon),
    stop: (daemon, o) => control('stop', daemon, o),
    restart: (daemon, o) => control('restart', daemon, o),
  }
}
