/**
 * Lends daemons of a stack to somebody who only wants to ask them something: booted with all the checks of a chain,
 * watched while they are used, stopped, and looked after for what they leave.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadSpawning } from '../host/spawn.ts'
import type { Emit, EventBody } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { createRedactor } from '../kernel/redact.ts'
import { ok, type Result } from '../kernel/result.ts'
import { clientHost, formatHostPort } from '../stack/bind.ts'
import { needsClosure } from '../stack/order.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import type { CrewMember } from './crew.ts'
import { endGround } from './end-ground.ts'
import { awaitEnd } from './lost.ts'
import { createOwnCrew } from './own-crew.ts'
import { type Ground, type NoGround, prepareGround } from './prepare.ts'
import type { ChainSignals } from './run.ts'

export interface LendOptions {
  readonly stack: Stack
  /** Daemons that are wanted; what they need is booted with them. */
  readonly daemons: readonly string[]
  /** The id of the run: every process carries it. */
  readonly id: string
  /** Takes the daemons' logs, and the guardian's report. */
  readonly dir: string
  readonly env: NodeJS.ProcessEnv
  readonly signals: ChainSignals
}

/** Daemons that are ready, for as long as they are used. */
export interface LentDaemons {
  /** Base URL of the first socket of each wanted daemon that has one. */
  readonly urls: ReadonlyMap<string, string>
  /** Values that must not be written anywhere. */
  readonly secrets: readonly string[]
}

export interface LendEnd {
  /** False: they did not come up, and were not used. */
  readonly up: boolean
  /** Why they did not come up; or daemons that died while they were used. Without secrets. */
  readonly failures: readonly Failure[]
  /** What was left behind. */
  readonly leaks: readonly Failure[]
}

/**
 * Boots, calls `use`, stops, audits. The first signal ends a boot; whoever uses the daemons hears it for himself.
 * Rejects with what `use` rejects with, when everything is stopped.
 */
export async function lendDaemons(
  o: LendOptions,
  use: (lent: LentDaemons) => Promise<void>,
): Promise<Result<LendEnd, NoGround>> {
  mkdirSync(join(o.dir, 'daemons'), { recursive: true })
  const ground = await prepareGround(o.stack, o.id, o.env, o.dir)
  if (!ground.ok) return ground
  try {
    return ok(await lendOn(ground.value, o, use))
  } finally {
    // Given back already, unless something broke.
    await ground.value.release()
  }
}

/** Fields of a failure that are names and not content. */
const NAMES = new Set(['tag', 'kind', 'reason', 'limit', 'daemon', 'owner'])

async function lendOn(
  ground: Ground,
  o: LendOptions,
  use: (lent: LentDaemons) => Promise<void>,
): Promise<LendEnd> {
  const { secrets } = ground.resolved
  const redactor = createRedactor(secrets, NAMES)
  const failures = new Map<string, Failure>()
  // A death is told as an event, to those who listen for it, and to those who look: the first is enough.
  const note = (failure: Failure | undefined): void => {
    if (failure === undefined) return
    const about = 'daemon' in failure ? failure.daemon : JSON.stringify(failure)
    if (!failures.has(about)) failures.set(about, redactor.value(failure))
  }
  const emit: Emit = (event) => {
    crew.note(event)
    note(failureOf(event))
  }
  const { stop, kill } = o.signals
  const context = { emit, currentSmoke: () => null }
  const crew = createOwnCrew({ ...context, ground, logsDir: join(o.dir, 'daemons'), stop, kill })
  for (const member of crew.daemons.values()) member.onDeath(note)
  let up = false
  let leaks: readonly Failure[] = []
  try {
    await loadSpawning()
    up = await crew.boot(needsClosure(o.stack, o.daemons))
    if (up) {
      await use({ urls: findUrls(o.daemons, ground), secrets })
      await Promise.all([...crew.daemons.values()].map((member) => lookAgain(member, note)))
    }
  } finally {
    // Were this to throw, the guardian is not dismissed: it ends everything when this process is gone.
    leaks = await endGround(ground, await crew.stop())
    await ground.guardian.close()
  }
  return { up, failures: [...failures.values()], leaks: leaks.map((leak) => redactor.value(leak)) }
}

/** Dead but not told yet, or with a stranger on its port: then the answers were not its own. */
async function lookAgain(member: CrewMember, note: (failure: Failure | undefined) => void): Promise<void> {
  const failure = member.checkStillOurs()
  if (failure !== undefined) await awaitEnd(member, failure)
  // Of one daemon the first counts: an end that was told meanwhile.
  note(failure)
}

function failureOf(event: EventBody): Failure | undefined {
  if (event.type === 'daemon.failed') return event.failure
  return event.type === 'daemon.exited' && !event.expected ? event.failure : undefined
}

function findUrls(names: readonly string[], { resolved }: Ground): ReadonlyMap<string, string> {
  const urlOf = ({ binds: [first] }: ResolvedDaemon): string | undefined =>
    first && `http://${formatHostPort({ host: clientHost(first.host), port: first.port })}`
  return new Map(
    names.flatMap((name) => {
      const daemon = resolved.daemons.get(name)
      const url = daemon && urlOf(daemon)
      return url === undefined ? [] : [[name, url] as const]
    }),
  )
}
