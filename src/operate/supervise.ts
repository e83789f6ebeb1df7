/** One `up`, start to end: ground, control socket, boot, until somebody takes it down. Everything it had is given back. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Ground, type NoGround, prepareGround } from '../chain/prepare.ts'
import type { ChainSignals } from '../chain/run.ts'
import { createEventStream } from '../chain/stream.ts'
import { type LineServer, listenLines, type SocketFault } from '../host/line-socket.ts'
import { now } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errno.ts'
import type { Emit, Event } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { openJournal } from '../ledger/journal.ts'
import { createGrowingRedactor } from '../ledger/redact-event.ts'
import { whenAborted } from '../readiness/when-aborted.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { loadStack } from '../stack/load.ts'
import type { Stack } from '../stack/types.ts'
import { type ControlDesk, createControlDesk } from './control-server.ts'
import { explainNoGround } from './no-ground.ts'
import type { OwnerLease } from './owner-lease.ts'
import type { StackPlace } from './places.ts'
import type { Refusal } from './protocol.ts'
import { type Reloaded, type StopReport, Supervisor } from './supervisor.ts'

/** How many `up`s keep their logs, this one included. */
const RUNS_KEPT = 5

export interface SuperviseOptions {
  readonly stack: Stack
  readonly place: StackPlace
  readonly lease: OwnerLease
  /** Folder of data that is kept; absent: thrown away. */
  readonly data: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly toolVersion: string
  readonly signals: ChainSignals
  /** Takes every event, redacted. */
  onEvent(event: Event): void
  /** Every daemon is ready. */
  onUp(): void
}

export type SuperviseEnd =
  | { readonly how: 'no-ground'; readonly error: NoGround }
  | { readonly how: 'no-socket'; readonly fault: SocketFault }
  | { readonly how: 'not-up' | 'stopped'; readonly report: StopReport }

/**
 * Resolves when the stack is down; `report.leaks` names what had escaped, and what is left. The lease is the caller's
 * to release. Rejects when the folders of the run cannot be made or cleared, and for a bug of the tool.
 */
export async function supervise(o: SuperviseOptions): Promise<SuperviseEnd> {
  const dir = join(o.place.runs, o.lease.owner.run)
  mkdirSync(join(dir, 'daemons'), { recursive: true, mode: 0o700 })
  pruneRuns(o.place.runs)
  const ground = await prepareGround(o.stack, o.lease.owner.run, o.env, dir, o.data)
  if (!ground.ok) return { how: 'no-ground', error: ground.error }
  return await superviseOn(ground.value, dir, o)
}

async function superviseOn(ground: Ground, dir: string, o: SuperviseOptions): Promise<SuperviseEnd> {
  const asked = new AbortController()
  const stop = AbortSignal.any([o.signals.stop, asked.signal])
  const logsDir = join(dir, 'daemons')
  const { emit, supervisor, desk, close } = assemble(ground, { ...o, dir, logsDir }, () => asked.abort())
  const server = await listenLines(o.place.socket, (channel) => desk.open(channel))
  if (!server.ok) {
    await ground.release()
    await ground.guardian.close()
    close()
    return { how: 'no-socket', fault: server.error }
  }
  const startedAt = now()
  announce(emit, dir, o)
  void ground.guardian.lost.then(() => emit({ type: 'warning', message: GUARDIAN_LOST }))
  const up = await bootWatched(supervisor, emit, stop)
  if (up) {
    o.onUp()
    await whenAborted(stop)
  }
  // Were this to throw, the guardian is not dismissed: it ends everything when this process is gone.
  const report = await supervisor.stop(o.signals.kill)
  emit({ type: 'run.finished', ms: now() - startedAt })
  await takeLeave(server.value, desk, report)
  close()
  await ground.guardian.close()
  return { how: up ? 'stopped' : 'not-up', report }
}

const GUARDIAN_LOST =
  'the guardian has ended by itself: were this supervisor killed now, its daemons would go on; take the stack down and up again'

/** Whoever asked for the end hears of it before the socket is gone. */
async function takeLeave(server: LineServer, desk: ControlDesk, report: StopReport): Promise<void> {
  desk.tellStopped(report)
  await server.close()
}

/** A bug in the tool must not leave the stack running. */
async function bootWatched(supervisor: Supervisor, emit: Emit, stop: AbortSignal): Promise<boolean> {
  try {
    return await supervisor.boot(stop)
  } catch (error) {
    emit({ type: 'tool.fault', failure: { tag: 'tool-fault', message: messageOf(error) } })
    return false
  }
}

function assemble(
  ground: Ground,
  o: SuperviseOptions & { readonly dir: string; readonly logsDir: string },
  stop: () => void,
) {
  const lost = (failure: Failure): void => emit({ type: 'evidence.lost', failure })
  const journal = openJournal(join(o.dir, 'journal.jsonl'), { onLost: (failure) => lost(failure) })
  const redact = createGrowingRedactor(() => supervisor.resolved.secrets)
  const emit = createEventStream(redact, [
    // Samples would fill the disk in the weeks that a stack is up.
    (event) => void (event.type === 'daemon.sampled' || journal.write(event)),
    (event) => supervisor.note(event),
    (event) => desk.note(event),
    (event) => o.onEvent(event),
  ])
  const supervisor = new Supervisor({
    stack: o.stack,
    owner: o.lease.owner,
    ground,
    logsDir: o.logsDir,
    emit,
  })
  const desk = createControlDesk({
    supervisor,
    logPathOf: (daemon) => join(o.logsDir, `${daemon}.log`),
    stop,
    reload: () => reload(supervisor, o.stack),
  })
  return { emit, supervisor, desk, close: () => journal.close() }
}

async function reload(supervisor: Supervisor, { file }: Stack): Promise<Reloaded | Refusal> {
  const loaded = await loadStack(file)
  if (!loaded.ok) return { message: renderDiagnostics(loaded.error), usage: true }
  const done = await supervisor.reload(loaded.value)
  if (!done) return { message: 'the stack has not come up, or is going down' }
  if (done.ok) return done.value
  const message = explainNoGround(done.error)
  return done.error.kind === 'diagnostics' ? { message, usage: true } : { message }
}

function announce(emit: Emit, dir: string, { stack, lease, toolVersion }: SuperviseOptions): void {
  emit({
    type: 'run.started',
    schema: 1,
    run: lease.owner.run,
    at: lease.owner.since,
    dir,
    stack: { name: stack.name, file: stack.file },
    chain: [],
    selected: [],
    tool: {
      version: toolVersion,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    rerun: '',
  })
}

/** Ids sort by time; there is one owner, so none of the others is in use. */
function pruneRuns(runs: string): void {
  for (const id of readdirSync(runs).sort().slice(0, -RUNS_KEPT)) {
    rmSync(join(runs, id), { recursive: true, force: true })
  }
}
