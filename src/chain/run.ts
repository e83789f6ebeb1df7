/**
 * One run, start to end: boot → smokes → stop → leak audit, told as one stream of events. Nothing here prints,
 * and nothing here decides the verdict: that is a pure function of the events (`ledger/verdict.ts`).
 *
 * Teardown always runs, with a time budget of its own: an interrupted or broken run stops its daemons in the
 * same order as a green one.
 */
import { join } from 'node:path'
import { platformName } from '../host/load.ts'
import { loadSpawning } from '../host/spawn.ts'
import { now } from '../kernel/clock.ts'
import type { Emit } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { FindSlow } from '../kernel/slowness.ts'
import { createSmokeRunner, type SmokeRunner } from '../smoke/runner.ts'
import type { SmokeHost } from '../smoke/runtime/smoke-host.ts'
import type { DaemonDescription, SmokeFile, SmokeInfo, SmokeProblem, Trial } from '../smoke/types.ts'
import { needsClosure } from '../stack/order.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import type { Crew, CrewContext } from './crew.ts'
import { stopOn } from './end-ground.ts'
import { createOwnCrew } from './own-crew.ts'
import type { Ground } from './prepare.ts'
import { blockAll, runSmokes } from './smokes.ts'

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
  /** Says of a smoke that passed whether it was slow; absent: nobody can tell. */
  readonly findSlow?: FindSlow
  /** A slow smoke fails. */
  readonly failOnSlow?: boolean
  /** The command that runs one smoke again, its name to be appended. */
  readonly rerun: string
  /** Present: failed steps do not end their smoke, and waits are short (`prove`). */
  readonly trial?: Trial
  /** Started in advance for this run, in the root of the stack; ended with the run. */
  readonly host?: SmokeHost
  /** Who runs the daemons; absent: the chain itself. */
  readonly crew?: (context: CrewContext) => Crew
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
  const progress: Progress = { currentSmoke: null }
  const noting: Emit = (event) => {
    crew.note(event)
    emit(event)
  }
  const context: CrewContext = { emit: noting, currentSmoke: () => progress.currentSmoke }
  const crew = plan.crew?.(context) ?? createChainsOwnCrew(plan, context, signals)
  const runner = createRunner(plan, noting, crew)
  // The smoke host takes a while to start, on another core.
  const [described] = await Promise.all([runner.describe(plan.selected), loadSpawning()])
  if (!described.ok) {
    await runner.close()
    await guardian.close()
    return described.error
  }
  const startedAt = now()
  announce(plan, described.value, emit)
  const running = { crew, runner, progress, emit: noting, signals }
  try {
    await bootAndRun(plan, described.value, running)
  } catch (error) {
    // A bug in the tool must not leave the stack running, nor look like a verdict on it.
    emit({ type: 'tool.fault', failure: describeFault(error) })
  }
  // Were this to throw, the guardian is not dismissed: it ends everything when this process is gone.
  await stopAll(plan, running)
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
}

function createChainsOwnCrew(plan: ChainPlan, context: CrewContext, { stop, kill }: ChainSignals): Crew {
  return createOwnCrew({ ...context, ground: plan.ground, logsDir: join(plan.dir, 'daemons'), stop, kill })
}

function createRunner(plan: ChainPlan, emit: Emit, crew: Crew): SmokeRunner {
  const { ground } = plan
  return createSmokeRunner({
    run: { id: ground.id, marker: ground.marker, dir: plan.dir, dataDir: ground.dataDir },
    guardian: ground.guardian,
    emit,
    daemons: () => [...ground.resolved.daemons.values()].map((daemon) => withPid(daemon, crew)),
    controls: crew.controls,
    secrets: ground.resolved.secrets,
    root: plan.stack.root,
    ...(plan.trial === undefined ? {} : { trial: plan.trial }),
    ...(plan.host && { host: plan.host }),
  })
}

function withPid(daemon: ResolvedDaemon, crew: Crew): DaemonDescription {
  const pid = crew.daemons.get(daemon.name)?.pid
  return pid === undefined ? daemon : { ...daemon, pid }
}

function announce(plan: ChainPlan, smokes: readonly SmokeInfo[], emit: Emit): void {
  const claims = smokes.flatMap(({ id, claims: ids }) => (ids.length > 0 ? [[id, ids] as const] : []))
  emit({
    type: 'run.started',
    schema: 1,
    run: plan.ground.id,
    at: new Date().toISOString(),
    dir: plan.dir,
    stack: { name: plan.stack.name, file: plan.stack.file },
    chain: plan.stack.chain,
    selected: plan.selected.map((smoke) => smoke.id),
    ...(claims.length > 0 && { claims: Object.fromEntries(claims) }),
    tool: {
      version: plan.toolVersion,
      node: process.version,
      platform: platformName(),
    },
    rerun: plan.rerun,
  })
}

interface Running {
  readonly crew: Crew
  readonly runner: SmokeRunner
  readonly progress: Progress
  readonly emit: Emit
  readonly signals: ChainSignals
}

async function bootAndRun(plan: ChainPlan, smokes: readonly SmokeInfo[], running: Running): Promise<void> {
  const { emit, crew, signals } = running
  const { daemons, attachedTo } = crew
  const wanted = [...daemons.keys()].filter((name) => wantedDaemons(plan, smokes).has(name))

  const bootedAt = now()
  emit({ type: 'boot.started', daemons: wanted, ...(attachedTo === undefined ? {} : { attachedTo }) })
  const up = await crew.boot(wanted)
  emit({ type: 'boot.finished', ok: up, ms: now() - bootedAt })
  if (signals.stop.aborted) return
  if (!up) {
    blockAll(smokes, daemons, plan.stack, emit)
    return
  }
  await runSmokes({
    smokes,
    crew,
    stack: plan.stack,
    runner: running.runner,
    emit,
    bail: plan.bail,
    ...(plan.findSlow && { findSlow: plan.findSlow }),
    failOnSlow: plan.failOnSlow ?? false,
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

async function stopAll(plan: ChainPlan, { emit, crew, runner }: Running): Promise<void> {
  await stopOn(plan.ground, emit, async () => {
    await runner.close()
    return await crew.stop()
  })
}
