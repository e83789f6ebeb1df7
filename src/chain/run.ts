/**
 * One run, start to end: boot → smokes → stop → leak audit, told as one stream of events. Nothing here prints,
 * and nothing here decides the verdict: that is a pure function of the events (`ledger/verdict.ts`).
 *
 * Teardown always runs, with a time budget of its own: an interrupted or broken run stops its daemons in the
 * same order as a green one.
 */
import { join } from 'node:path'
import { Daemon } from '../daemon/daemon.ts'
import type { Guardian } from '../host/guardian.ts'
import { now } from '../kernel/clock.ts'
import type { Emit, EventBody, SocketAddress } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { createSmokeRunner, type SmokeRunner } from '../smoke/runner.ts'
import type { SmokeFile, SmokeInfo, SmokeProblem, Trial } from '../smoke/types.ts'
import { needsClosure } from '../stack/order.ts'
import type { Stack } from '../stack/types.ts'
import { auditLeaks } from './audit.ts'
import { bootDaemons } from './boot.ts'
import { createControls } from './controls.ts'
import type { Ground } from './prepare.ts'
import { blockAll, runSmokes } from './smokes.ts'
import { stopDaemons } from './stop.ts'

/** How often CPU and memory of each daemon are sampled, in milliseconds. */
const SAMPLE_EVERY_MS = 500

export interface ChainPlan {
  readonly stack: Stack
  /** Smokes to run, in chain order. */
  readonly selected: readonly SmokeFile[]
  /** Stop after the first smoke that is not PASS. */
  readonly bail: boolean
  readonly ground: Ground
  /** The run directory. */
  readonly dir: string
  readonly toolVersion: string
  /** The command that runs one smoke again, its name to be appended. */
  readonly rerun: string
  /** Present: failed steps do not end their smoke, and waits are short (`prove`). */
  readonly trial?: Trial
}

export interface ChainSignals {
  /** First Ctrl-C: end what runs, stop in order. */
  readonly stop: AbortSignal
  /** Second Ctrl-C: kill what is still there. */
  readonly kill: AbortSignal
}

/**
 * Runs the plan. Resolves when everything is stopped and audited, and the ground is given back.
 *
 * @returns problems of smoke files, in which case nothing was booted; otherwise nothing: see the events.
 */
export async function runChain(
  plan: ChainPlan,
  emit: Emit,
  signals: ChainSignals,
): Promise<readonly SmokeProblem[] | undefined> {
  const { guardian } = plan.ground
  const progress: Progress = { currentSmoke: null, ownSockets: new Set() }
  const noting: Emit = (event) => {
    if (event.type === 'daemon.ready') progress.ownSockets.add(event.daemon)
    for (const daemon of findLostSockets(event)) progress.ownSockets.delete(daemon)
    emit(event)
  }

  const daemons = createDaemons(plan, guardian, noting, progress)
  const runner = createRunner(plan, guardian, noting, daemons, signals)
  const described = await runner.describe(plan.selected)
  if (!described.ok) {
    await runner.close()
    await guardian.close()
    return described.error
  }
  const startedAt = now()
  announce(plan, emit)
  const running = { daemons, runner, progress, emit: noting, signals }
  try {
    await bootAndRun(plan, described.value, running)
  } catch (error) {
    // A bug in the tool must not leave the stack running, nor look like a verdict on it.
    emit({ type: 'tool.fault', failure: describeFault(error) })
  }
  // Were this to throw, the guardian is not dismissed: it ends everything when this process is gone.
  await stopAll(plan, { ...running, guardian })
  emit({ type: 'run.finished', ms: now() - startedAt })
  await guardian.close()
  return undefined
}

function describeFault(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? error.stack : undefined
  return { tag: 'tool-fault', message, ...(stack === undefined ? {} : { stack }) }
}

interface Progress {
  currentSmoke: string | null
  /** Daemons whose sockets were proven to be theirs when last looked at: these must not listen afterwards. */
  readonly ownSockets: Set<string>
}

/** Daemons whose ports are known to be held by strangers: those are told as such, and are no leak of this run. */
function findLostSockets(event: EventBody): string[] {
  const failures = [
    ...('failure' in event && event.failure ? [event.failure] : []),
    ...('failures' in event ? event.failures : []),
  ]
  return failures.flatMap((f) => (f.tag === 'bind-taken' || f.tag === 'foreign-listener' ? [f.daemon] : []))
}

function createDaemons(
  plan: ChainPlan,
  guardian: Guardian,
  emit: Emit,
  progress: Progress,
): ReadonlyMap<string, Daemon> {
  const daemons = new Map<string, Daemon>()
  for (const spec of plan.ground.resolved.daemons.values()) {
    const daemon = new Daemon(spec, {
      run: { id: plan.ground.id, marker: plan.ground.marker, logsDir: join(plan.dir, 'daemons') },
      guardian,
      emit,
      currentSmoke: () => progress.currentSmoke,
      secrets: plan.ground.resolved.secrets,
      sampleEveryMs: SAMPLE_EVERY_MS,
    })
    daemons.set(spec.name, daemon)
  }
  return daemons
}

function createRunner(
  plan: ChainPlan,
  guardian: Guardian,
  emit: Emit,
  daemons: ReadonlyMap<string, Daemon>,
  signals: ChainSignals,
): SmokeRunner {
  const { ground } = plan
  return createSmokeRunner({
    run: { id: ground.id, marker: ground.marker, dir: plan.dir, dataDir: ground.dataDir },
    guardian,
    emit,
    daemons: () => [...ground.resolved.daemons.values()],
    controls: createControls(daemons, signals.stop),
    secrets: ground.resolved.secrets,
    root: plan.stack.root,
    ...(plan.trial === undefined ? {} : { trial: plan.trial }),
  })
}

function announce(plan: ChainPlan, emit: Emit): void {
  emit({
    type: 'run.started',
    schema: 1,
    run: plan.ground.id,
    at: new Date().toISOString(),
    dir: plan.dir,
    stack: { name: plan.stack.name, file: plan.stack.file },
    chain: plan.stack.chain,
    selected: plan.selected.map((smoke) => smoke.id),
    tool: {
      version: plan.toolVersion,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    rerun: plan.rerun,
  })
}

interface Running {
  readonly daemons: ReadonlyMap<string, Daemon>
  readonly runner: SmokeRunner
  readonly progress: Progress
  readonly emit: Emit
  readonly signals: ChainSignals
}

async function bootAndRun(plan: ChainPlan, smokes: readonly SmokeInfo[], running: Running): Promise<void> {
  const { emit, daemons, signals } = running
  const needsOf = (name: string) => daemons.get(name)?.spec.needs ?? []
  const wanted = new Map([...daemons].filter(([name]) => wantedDaemons(plan, smokes).has(name)))

  const bootedAt = now()
  emit({ type: 'boot.started', daemons: [...wanted.keys()] })
  const boot = await bootDaemons(wanted, needsOf, signals.stop)
  emit({ type: 'boot.finished', ok: boot.ok, ms: now() - bootedAt })
  if (signals.stop.aborted) return
  if (!boot.ok) {
    blockAll(smokes, daemons, plan.stack, emit)
    return
  }
  await runSmokes({
    smokes,
    daemons,
    stack: plan.stack,
    runner: running.runner,
    emit,
    bail: plan.bail,
    stop: signals.stop,
    setCurrent: (smoke) => {
      running.progress.currentSmoke = smoke
    },
  })
}

/** The whole chain boots the whole stack; a part of it, only what that part needs. */
function wantedDaemons(plan: ChainPlan, smokes: readonly SmokeInfo[]): ReadonlySet<string> {
  if (smokes.length === plan.stack.chain.length) return new Set(plan.stack.daemons.keys())
  return new Set(
    needsClosure(
      plan.stack,
      smokes.flatMap((smoke) => smoke.needs),
    ),
  )
}

async function stopAll(plan: ChainPlan, running: Running & { readonly guardian: Guardian }): Promise<void> {
  const { ground } = plan
  const { emit, daemons, guardian, progress } = running
  const stoppedAt = now()
  emit({ type: 'stop.started' })
  await running.runner.close()
  await stopDaemons(daemons, running.signals.kill)

  const sockets: { daemon: string; address: SocketAddress }[] = []
  for (const spec of ground.resolved.daemons.values()) {
    if (!progress.ownSockets.has(spec.name)) continue
    for (const address of spec.binds) sockets.push({ daemon: spec.name, address })
  }
  const leaks = [...auditLeaks(ground.marker, sockets, new Set([guardian.pid])), ...(await ground.release())]
  guardian.forget(ground.dataDir)
  for (const failure of leaks) emit({ type: 'leak.found', failure })
  emit({ type: 'stop.finished', ms: now() - stoppedAt, leaks: leaks.length })
}
