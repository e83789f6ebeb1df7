/**
 * The chain itself: smokes one after the other, in the declared order. A smoke whose daemons are gone is
 * BLOCKED at once, instead of a queue of time-outs; a daemon that dies while a smoke runs fails that smoke.
 */
import { measureOthers } from '../host/load.ts'
import { now } from '../kernel/clock.ts'
import type { Emit, VerdictClass } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { SmokeResources } from '../kernel/resources.ts'
import type { FindSlow, Slowness } from '../kernel/slowness.ts'
import type { SmokeRunner } from '../smoke/runner.ts'
import type { SmokeInfo } from '../smoke/types.ts'
import { needsClosure } from '../stack/order.ts'
import type { Stack } from '../stack/types.ts'
import type { Crew, CrewMember } from './crew.ts'
import { findLost } from './lost.ts'
import { beginUse, endUse, sumCpu } from './use.ts'

/** How many log lines of each daemon concerned go with a failed smoke. */
const LOG_TAIL_LINES = 12

interface ChainRun {
  readonly smokes: readonly SmokeInfo[]
  readonly crew: Crew
  readonly stack: Stack
  readonly runner: SmokeRunner
  readonly emit: Emit
  readonly bail: boolean
  readonly findSlow?: FindSlow
  readonly failOnSlow: boolean
  readonly stop: AbortSignal
  setCurrent(smoke: string | null): void
}

/** Runs the smokes; ends early on interruption, or after the first that is not PASS when `bail` is set. */
export async function runSmokes(run: ChainRun): Promise<void> {
  for (const smoke of run.smokes) {
    if (run.stop.aborted) return
    const verdict = await runOne(run, smoke)
    if (run.bail && verdict !== 'PASS' && verdict !== 'SKIP') return
  }
}

/** After a failed boot: every smoke that cannot be run is BLOCKED, and says by whom. */
export function blockAll(
  smokes: readonly SmokeInfo[],
  daemons: ReadonlyMap<string, CrewMember>,
  stack: Stack,
  emit: Emit,
): void {
  for (const smoke of smokes) {
    const gone = needsClosure(stack, smoke.needs).filter((name) => daemons.get(name)?.state !== 'ready')
    if (gone.length === 0) continue
    emit({ type: 'smoke.started', smoke: smoke.id, title: smoke.title })
    finish(emit, smoke, 'BLOCKED', 0, {
      failures: [blockedBy(smoke, gone)],
    })
  }
}

function blockedBy(smoke: SmokeInfo, gone: readonly string[]): Failure {
  const reason = `${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} not running`
  return { tag: 'blocked', smoke: smoke.id, daemons: gone, reason }
}

async function runOne(run: ChainRun, smoke: SmokeInfo): Promise<VerdictClass> {
  const { emit } = run
  const { daemons } = run.crew
  const needed = needsClosure(run.stack, smoke.needs)
  const startedAt = now()
  const othersOf = measureOthers()
  beginUse(daemons)
  emit({ type: 'smoke.started', smoke: smoke.id, title: smoke.title })

  const gone = needed.filter((name) => daemons.get(name)?.state !== 'ready')
  if (gone.length > 0) {
    finish(emit, smoke, 'BLOCKED', 0, { failures: [blockedBy(smoke, gone)] })
    return 'BLOCKED'
  }

  const deaths: Failure[] = []
  const abandon = new AbortController()
  const unwatch = [...daemons].map(([name, daemon]) =>
    daemon.onDeath((failure) => {
      deaths.push(failure)
      // Without its daemon the smoke could only run into its time-outs.
      if (needed.includes(name)) abandon.abort()
    }),
  )
  run.setCurrent(smoke.id)
  try {
    // A port taken over between two smokes would make a stranger answer: look before, and look again after.
    const before = await findLost(needed, daemons, deaths)
    if (before.length > 0) {
      finish(emit, smoke, 'FAIL', now() - startedAt, { failures: before, logs: tails(needed, daemons) })
      return 'FAIL'
    }
    const signal = AbortSignal.any([run.stop, abandon.signal])
    const outcome = await run.runner.run(smoke, { signal })
    await run.crew.settle()
    const { used, excesses } = endUse(daemons, smoke.id)
    const bare = { ...(outcome.own && { own: outcome.own }), daemons: used }
    const resources = { ...bare, others: othersOf(sumCpu(bare)) }
    if (run.stop.aborted && outcome.verdict !== 'PASS') {
      finish(emit, smoke, 'NOT RUN', now() - startedAt, { reason: 'interrupted', outcome, resources })
      return 'NOT RUN'
    }
    // The death first: what the smoke then ran into is its consequence.
    const lost = await findLost(needed, daemons, deaths)
    const failures = [...lost, ...excesses, ...outcome.failures]
    const ms = now() - startedAt
    const passed = failures.length === 0 && outcome.verdict === 'PASS'
    const slow = passed ? run.findSlow?.(smoke.id, { ms, others: resources.others }) : undefined
    if (slow && run.failOnSlow) failures.push({ tag: 'slow', smoke: smoke.id, slowness: slow })
    const verdict = failures.length > 0 ? 'FAIL' : outcome.verdict
    finish(emit, smoke, verdict, ms, {
      failures,
      outcome,
      resources,
      ...(slow ? { slow } : {}),
      ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
      ...(verdict === 'FAIL' ? { logs: tails(smoke.needs, daemons) } : {}),
    })
    return verdict
  } finally {
    run.setCurrent(null)
    for (const off of unwatch) off()
  }
}

function tails(names: readonly string[], daemons: ReadonlyMap<string, CrewMember>): Record<string, string[]> {
  const logs: Record<string, string[]> = {}
  for (const name of names) {
    const tail = daemons.get(name)?.logTail(LOG_TAIL_LINES) ?? []
    if (tail.length > 0) logs[name] = tail
  }
  return logs
}

function finish(
  emit: Emit,
  smoke: SmokeInfo,
  verdict: VerdictClass,
  ms: number,
  more: {
    readonly failures?: readonly Failure[]
    readonly outcome?: { readonly steps: number; readonly expectations: number }
    readonly reason?: string
    readonly slow?: Slowness
    readonly logs?: Record<string, string[]>
    readonly resources?: SmokeResources
  },
): void {
  emit({
    type: 'smoke.finished',
    smoke: smoke.id,
    verdict,
    ms,
    steps: more.outcome?.steps ?? 0,
    expectations: more.outcome?.expectations ?? 0,
    failures: more.failures ?? [],
    title: smoke.title,
    logs: more.logs ?? {},
    ...(smoke.why === undefined ? {} : { why: smoke.why }),
    ...(more.reason === undefined ? {} : { reason: more.reason }),
    ...(more.resources === undefined ? {} : { resources: more.resources }),
    ...(more.slow === undefined ? {} : { slow: more.slow }),
  })
}
