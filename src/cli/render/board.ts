/**
 * What the live view shows, as plain lines: two phases, Boot with its daemons and Chain with its smokes, and
 * the stop. Pure but for the clock that it is given; `live-view.ts` draws it.
 */
import type { Event } from '../../kernel/event.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderRow } from '../../ledger/text.ts'
import type { Row } from '../../ledger/verdict.ts'
import type { Paint } from './paint.ts'

type Outcome = 'good' | 'bad' | 'skipped'

/** One line of the view. */
export interface Line {
  /** How it reads now. */
  title(): string
  /** Absent while it is not over. */
  outcome(): Outcome | undefined
  readonly over: Promise<Outcome>
}

export interface Phase extends Line {
  readonly lines: readonly Line[]
  /** The title together with what goes on, for when there is no room for the lines. */
  titleAlone(): string
}

interface Entry extends Line {
  say(text: string): void
  /** Shows the time that passes after the text. */
  run(text: string): void
  end(outcome: Outcome, text?: string): void
}

export interface Board {
  readonly boot: Phase
  readonly chain: Phase
  readonly stop: Phase
  /** `row`: the smoke's row of the verdict, for `smoke.finished`. */
  add(event: Event, row?: Row): void
  /** Ends whatever has not ended, as skipped. */
  close(): void
}

/** @param now monotonic milliseconds. */
export function createBoard(
  daemons: readonly string[],
  smokes: readonly string[],
  paint: Paint,
  now: () => number,
): Board {
  const entry = (text: string): Entry => createEntry(text, now)
  const daemonLines = new Map(daemons.map((daemon) => [daemon, entry(daemon)]))
  const smokeLines = new Map(smokes.map((smoke) => [smoke, entry(smoke)]))
  const boot = entry('Boot')
  const chain = entry(`Chain  ${count(smokes.length, 'smoke')}`)
  const stop = entry('Stop')
  let running: { readonly smoke: string; readonly line: Entry } | undefined

  const bootTitle = (): string =>
    `Boot  ${countOf(daemonLines, (outcome) => outcome === 'good')}/${daemons.length} ready`
  const chainTitle = (): string =>
    `Chain  ${countOf(smokeLines, (outcome) => outcome !== undefined)}/${smokes.length}`

  function add(event: Event, row?: Row): void {
    switch (event.type) {
      case 'boot.started':
        boot.run(bootTitle())
        break
      case 'daemon.spawned':
        daemonLines.get(event.daemon)?.run(`${event.daemon}  ${paint.dim('starting')}`)
        break
      case 'daemon.ready':
        daemonLines.get(event.daemon)?.end('good', `${event.daemon}  ${paint.dim(formatDuration(event.ms))}`)
        boot.run(bootTitle())
        break
      case 'daemon.failed':
        daemonLines.get(event.daemon)?.end('bad', renderFailure(event.failure).headline)
        break
      case 'boot.finished':
        for (const line of daemonLines.values()) line.end('skipped')
        boot.end(event.ok ? 'good' : 'bad', `${bootTitle()}  ${paint.dim(formatDuration(event.ms))}`)
        chain.run(chainTitle())
        break
      case 'smoke.started': {
        const line = smokeLines.get(event.smoke)
        running = line && { smoke: event.smoke, line }
        line?.run(event.smoke)
        break
      }
      case 'step.started':
        running?.line.run(`${event.smoke}  › ${oneLine(event.step, 120)}`)
        break
      case 'smoke.finished':
        if (running?.smoke === event.smoke) running = undefined
        if (row) smokeLines.get(row.smoke)?.end(outcomeOf(row), describeRow(row, paint))
        chain.run(chainTitle())
        break
      case 'interrupted':
        stop.say(`Stop  interrupted by ${event.signal}; once more to kill`)
        break
      case 'stop.started':
        chain.end(outcomeOfAll(smokeLines), chainTitle())
        for (const line of smokeLines.values()) line.end('skipped')
        stop.run(stop.title())
        break
      case 'stop.finished':
        stop.end(event.leaks === 0 ? 'good' : 'bad')
        break
    }
  }

  function close(): void {
    for (const line of [...daemonLines.values(), ...smokeLines.values(), boot, chain, stop])
      line.end('skipped')
  }

  return {
    boot: { ...boot, lines: [...daemonLines.values()], titleAlone: boot.title },
    chain: {
      ...chain,
      lines: [...smokeLines.values()],
      titleAlone: () => (running ? `${chain.title()}  ${running.line.title()}` : chain.title()),
    },
    stop: { ...stop, lines: [], titleAlone: stop.title },
    add,
    close,
  }
}

function createEntry(initial: string, now: () => number): Entry {
  const { promise: over, resolve } = Promise.withResolvers<Outcome>()
  let text = initial
  let since: number | undefined
  let outcome: Outcome | undefined
  return {
    over,
    outcome: () => outcome,
    title: () => (since === undefined || outcome ? text : `${text}  ${formatDuration(now() - since)}`),
    say(next) {
      if (outcome === undefined) text = next
    },
    run(next) {
      if (outcome !== undefined) return
      text = next
      since ??= now()
    },
    end(how, last) {
      if (outcome !== undefined) return
      outcome = how
      text = last ?? text
      resolve(how)
    },
  }
}

function countOf(lines: ReadonlyMap<string, Line>, test: (outcome: Outcome | undefined) => boolean): number {
  return [...lines.values()].filter((line) => test(line.outcome())).length
}

function outcomeOfAll(lines: ReadonlyMap<string, Line>): Outcome {
  if (countOf(lines, (outcome) => outcome === 'bad') > 0) return 'bad'
  return countOf(lines, (outcome) => outcome === undefined) > 0 ? 'skipped' : 'good'
}

function outcomeOf(row: Row): Outcome {
  if (row.class === 'PASS') return 'good'
  return row.class === 'FAIL' || row.class === 'BLOCKED' ? 'bad' : 'skipped'
}

function describeRow(row: Row, paint: Paint): string {
  const line = paint.verdict(row.class, renderRow(row))
  const [failure] = row.failures
  if (row.class === 'PASS') return row.slow ? `${line} ${paint.warn('slow')}` : line
  const cause = failure ? renderFailure(failure).headline : (row.reason ?? '')
  return cause === '' ? line : `${line}  ${oneLine(cause)}`
}
