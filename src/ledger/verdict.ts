/**
 * The verdict: one pure fold over a run's events. Every ledger format and the exit code come from this value
 * and from nothing else, so that they cannot disagree. It believes the worst: an event that contradicts a
 * PASS (a failed step, a daemon that died meanwhile) turns it into a FAIL.
 */
import type { Event, EventOf, VerdictClass } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { createDaemonUseRegister, type DaemonUse } from './daemon-use.ts'
import { createDeathRegister } from './deaths.ts'
import { exitCodeOf } from './exit-code.ts'
import { createRows, type Row } from './rows.ts'

export type { DaemonUse } from './daemon-use.ts'
export type { Row } from './rows.ts'

type MachineNote = Omit<EventOf<'machine.noted'>, 'type' | 'atMs'>

interface Boot {
  readonly ok: boolean
  readonly ms: number
  readonly failures: readonly Failure[]
}

export interface Verdict {
  readonly run: string
  /** Wall-clock start, ISO 8601. */
  readonly at: string
  /** The run's directory. */
  readonly dir: string
  /** From start to end; while there is no end, to the last event. */
  readonly ms: number
  readonly stack: { readonly name: string; readonly file: string }
  readonly tool: { readonly version: string; readonly node: string; readonly platform: string }
  /** How to run one smoke again, without the smoke's name. */
  readonly rerun: string
  /** Id of the git tree that the run was made from. Absent: not known (no git, or a stack that was up). */
  readonly tree?: string
  /** With `tree`: it differs from the commit that was checked out. */
  readonly dirty?: boolean
  /** On what it was made; load and cores as it began. Absent: not known. */
  readonly machine?: MachineNote
  readonly chain: readonly string[]
  /** One for every selected smoke, in chain order. */
  readonly rows: readonly Row[]
  readonly counts: Readonly<Record<VerdictClass, number>>
  /** What each daemon used, in the order in which they were first started. */
  readonly daemons: readonly DaemonUse[]
  /** Absent: no boot was begun. A boot that was begun and never finished is not ok. */
  readonly boot?: Boot
  readonly leaks: readonly Failure[]
  /** Daemons that died, or broke a limit, while no smoke ran. */
  readonly deaths: readonly Failure[]
  readonly evidenceLost: readonly Failure[]
  readonly faults: readonly Failure[]
  readonly warnings: readonly string[]
  readonly interrupted?: EventOf<'interrupted'>['signal']
  /** The run came to its own end. False for a run that was killed, and for one that still runs. */
  readonly finished: boolean
  /** The whole declared chain was selected, and the run came to its end. */
  readonly complete: boolean
  /** PID of the supervisor whose stack was only looked at; absent: the run booted its own. */
  readonly attachedTo?: number
  /** What the gate trusts: complete, all PASS, on a stack of its own, nothing leaked, died, lost, broken or interrupted. */
  readonly green: boolean
  readonly exitCode: number
}

export interface VerdictFold {
  add(event: Event): void
  /** The verdict of the events so far. May be asked at any time. */
  current(): Verdict
  /** One row of it, without making the others. */
  row(smoke: string): Row | undefined
}

const fault = (message: string): Failure => ({ tag: 'tool-fault', message })

/** An incremental fold: memory grows with smokes and failures, not with events. */
export function createVerdict(): VerdictFold {
  let started: EventOf<'run.started'> | undefined
  let boot: { ok: boolean; ms: number } | undefined
  let attachedTo: number | undefined
  let noted: EventOf<'tree.noted'> | undefined
  let machine: MachineNote | undefined
  let interrupted: EventOf<'interrupted'>['signal'] | undefined
  let finished = false
  let ms = 0
  let leaksCounted = 0
  const rows = createRows()
  const deaths = createDeathRegister(rows)
  const daemons = createDaemonUseRegister()
  const leaks: Failure[] = []
  const evidenceLost: Failure[] = []
  const faults: Failure[] = []
  const warnings: string[] = []

  function add(event: Event): void {
    // What is still said after the end is no part of the run.
    if (!finished) ms = Math.max(ms, event.atMs)
    rows.add(event)
    deaths.add(event)
    daemons.add(event)
    switch (event.type) {
      case 'run.started':
        started = event
        break
      case 'tree.noted':
        noted = event
        break
      case 'machine.noted': {
        const { cpu, cores, load, stressed } = event
        machine = { cpu, cores, load, stressed }
        break
      }
      case 'boot.started':
        boot = { ok: false, ms: 0 }
        attachedTo = event.attachedTo
        break
      case 'boot.finished':
        boot = { ok: event.ok, ms: event.ms }
        break
      case 'interrupted':
        // The first signal is the reason; a second one only makes haste.
        interrupted ??= event.signal
        break
      case 'leak.found':
        leaks.push(event.failure)
        break
      case 'stop.finished':
        leaksCounted = Math.max(leaksCounted, event.leaks)
        break
      case 'evidence.lost':
        evidenceLost.push(event.failure)
        break
      case 'tool.fault':
        faults.push(event.failure)
        break
      case 'warning':
        warnings.push(event.message)
        break
      case 'run.finished':
        finished = true
        ms = event.ms
        break
    }
  }

  function current(): Verdict {
    const table = rows.current()
    const allFaults = [...faults, ...table.faults.map(fault)]
    if (leaksCounted > leaks.length) {
      allFaults.push(fault(`the stop counted ${leaksCounted} leaks but named ${leaks.length}`))
    }
    if (!started) allFaults.push(fault('the run has no beginning: the event run.started is missing'))
    const chain = started?.chain ?? []
    const complete = finished && chain.length > 0 && isSame(chain, table.rows)
    const bootFailures = deaths.ofBoot()
    // A daemon that failed while the others came up makes the boot a failure, whatever boot.finished says.
    const bootOk = boot?.ok === true && bootFailures.length === 0
    const facts = {
      counts: table.counts,
      leaks,
      deaths: deaths.unattributed(),
      evidenceLost,
      faults: allFaults,
      finished,
      selected: table.rows.length,
      ...(boot && { bootOk }),
      ...(interrupted && { interrupted }),
    }
    const exitCode = exitCodeOf(facts)
    return {
      run: started?.run ?? '',
      at: started?.at ?? '',
      dir: started?.dir ?? '',
      ms,
      stack: started?.stack ?? { name: '', file: '' },
      tool: started?.tool ?? { version: '', node: '', platform: '' },
      rerun: started?.rerun ?? '',
      ...(noted && { tree: noted.tree, dirty: noted.dirty }),
      ...(machine && { machine }),
      chain,
      rows: table.rows,
      counts: table.counts,
      daemons: daemons.list(),
      ...(boot && { boot: { ok: bootOk, ms: boot.ms, failures: bootFailures } }),
      leaks: [...leaks],
      deaths: facts.deaths,
      evidenceLost: [...evidenceLost],
      faults: allFaults,
      warnings: [...warnings],
      ...(interrupted && { interrupted }),
      finished,
      complete,
      ...(attachedTo === undefined ? {} : { attachedTo }),
      green: complete && attachedTo === undefined && exitCode === 0 && table.counts.PASS === chain.length,
      exitCode,
    }
  }

  return { add, current, row: rows.row }
}

function isSame(chain: readonly string[], rows: readonly Row[]): boolean {
  return chain.length === rows.length && chain.every((smoke, i) => smoke === rows[i]?.smoke)
}

/** The verdict of a whole run, or of as much of it as there is. */
export function verdictOf(events: Iterable<Event>): Verdict {
  const fold = createVerdict()
  for (const event of events) fold.add(event)
  return fold.current()
}
