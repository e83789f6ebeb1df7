/** Reports line by line, as it happens: for pipes, CI and terminals that can do no more. */
import type { Event, EventOf } from '../../kernel/event.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { describeExit, oneLine } from '../../kernel/failure-words.ts'
import { describeSlowness } from '../../kernel/slowness.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderRow } from '../../ledger/text.ts'
import { createVerdict, type Row } from '../../ledger/verdict.ts'
import { renderCommonEvent } from './event-lines.ts'
import { renderFailureLines, renderFinal } from './final.ts'
import type { Paint } from './paint.ts'
import type { Reporter } from './reporter.ts'
import { renderResources } from './resources.ts'
import type { Sink } from './sink.ts'
import { createTiming, renderTiming } from './timing.ts'

export interface PlainOptions {
  /** Every start, step and stop, too. */
  readonly verbose: boolean
  /** Where the time went, before the ledger. */
  readonly timing: boolean
  readonly paint: Paint
}

/**
 * For one run. A failure that two events tell is printed once. `finish` resolves when the sink has taken everything.
 */
export function createPlainReporter(sink: Sink, { verbose, timing, paint }: PlainOptions): Reporter {
  // The rows are the verdict's, so that the line told at once and the ledger at the end are the same.
  const fold = createVerdict()
  const times = createTiming()
  const isNews = createNewsFilter()
  return {
    event(event) {
      fold.add(event)
      times.add(event)
      if (!isNews(event)) return
      const lines =
        event.type === 'smoke.finished'
          ? renderSmokeEnd(fold.row(event.smoke), paint)
          : renderEvent(event, paint)
      for (const line of [...lines, ...(verbose ? renderMore(event, paint) : [])]) sink.line(line)
    },
    finish(verdict) {
      sink.line()
      for (const line of renderFinal(
        verdict,
        paint,
        timing ? [...renderTiming(times.current()), ...renderResources(verdict)] : [],
      ))
        sink.line(line)
      return sink.drain()
    },
  }
}

/** The end of a process and what the supervisor says about it may be one failure: it is told once. */
function createNewsFilter(): (event: Event) => boolean {
  const told = new Map<string, string>()
  return (event) => {
    if (event.type === 'daemon.spawned') told.delete(event.daemon)
    if (event.type !== 'daemon.failed' && event.type !== 'daemon.exited') return true
    if (event.failure === undefined) return true
    const { headline } = renderFailure(event.failure)
    if (told.get(event.daemon) === headline) return false
    told.set(event.daemon, headline)
    return true
  }
}

/** What everybody is told at once. */
function renderEvent(event: Event, paint: Paint): string[] {
  switch (event.type) {
    case 'boot.started':
      return event.attachedTo === undefined
        ? [`booting ${count(event.daemons.length, 'daemon')}`]
        : [
            `attached to the stack that PID ${event.attachedTo} has up: ${count(event.daemons.length, 'daemon')}`,
          ]
    case 'daemon.failed':
      return renderFailureLines(event.failure, paint, '  ')
    case 'daemon.exited':
      return event.expected ? [] : renderExit(event, paint)
    case 'daemon.restarting':
      return [
        `  ${paint.warn('restarting')} ${event.daemon} in ${formatDuration(event.afterMs)} (${event.attempt} of ${event.limit})`,
      ]
    case 'daemon.abandoned':
      return [
        `  ${paint.bad('✗')} ${event.daemon} stays down: ${count(event.attempts, 'restart')} in a row did not last`,
      ]
    case 'boot.finished':
      return [
        event.ok
          ? `up in ${formatDuration(event.ms)}`
          : paint.bad(`not up after ${formatDuration(event.ms)}`),
      ]
    case 'interrupted':
      return [paint.warn(`interrupted by ${event.signal}: stopping in order; once more to kill`)]
    default:
      return renderCommonEvent(event, paint)
  }
}

function renderExit(event: EventOf<'daemon.exited'>, paint: Paint): string[] {
  if (event.failure) return renderFailureLines(event.failure, paint, '  ')
  const how = describeExit(event.code, event.signal)
  return [`  ${paint.bad('✗')} ${event.daemon} ${how}, and nobody had asked it to stop`]
}

function renderSmokeEnd(row: Row | undefined, paint: Paint): string[] {
  if (!row) return []
  const causes = row.class === 'FAIL' ? row.failures : []
  return [
    paint.verdict(row.class, renderRow(row)),
    ...(row.class === 'PASS' && row.slow ? [paint.warn(`  slow: ${describeSlowness(row.slow)}`)] : []),
    ...causes.flatMap((failure) => renderFailureLines(failure, paint, '  ').slice(0, 1)),
  ]
}

/** What `--verbose` adds. */
function renderMore(event: Event, paint: Paint): string[] {
  switch (event.type) {
    case 'daemon.spawned': {
      const sockets = event.sockets.map((socket) => `${socket.name} ${socket.host}:${socket.port}`)
      return [paint.dim(`  started ${event.daemon}  ${[`PID ${event.pid}`, ...sockets].join(', ')}`)]
    }
    case 'daemon.stopped':
      return [paint.dim(`  stopped ${event.daemon}  ${formatDuration(event.ms)}, ${event.how}`)]
    case 'smoke.started':
      return [`${event.smoke}: ${oneLine(event.title)}`]
    case 'step.finished':
      return [
        `  ${event.ok ? paint.good('ok') : paint.bad('not ok')} ${oneLine(event.step)}  ${formatDuration(event.ms)}, ${count(event.expectations, 'expectation')}`,
      ]
    case 'stop.started':
      return [paint.dim('stopping')]
    case 'stop.finished':
      return [paint.dim(`stopped in ${formatDuration(event.ms)}`)]
    default:
      return []
  }
}
