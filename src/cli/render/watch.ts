/** What is printed while watching: a compact ledger for each round, and what happens between them. */
import { relative } from 'node:path'
import type { Event } from '../../kernel/event.ts'
import type { Failure } from '../../kernel/failure.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { count } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { VERDICT_CLASSES } from '../../ledger/classes.ts'
import type { Row } from '../../ledger/rows.ts'
import { renderRow } from '../../ledger/text.ts'
import { listFailing, type Standing } from '../../watch/standing.ts'
import type { Cause, RoundReport, WatchView } from '../../watch/view.ts'
import { renderCommonEvent } from './event-lines.ts'
import { renderFailedRow, renderFailureLines } from './final.ts'
import type { Paint } from './paint.ts'
import type { Sink } from './sink.ts'

/** Names that are spelt out before the rest is only counted. */
const NAMES_SHOWN = 6

export interface WatchViewOptions {
  readonly sink: Sink
  readonly paint: Paint
  /** What paths are shown from. */
  readonly cwd: string
  /** Shown when there is nothing to do; empty without a keyboard. */
  readonly keys: string
}

/** Only writes to the sink, which its maker drains at the end. */
export function createWatchView({ sink, paint, cwd, keys }: WatchViewOptions): WatchView {
  let told = ''
  /** What a smoke does to daemons is its own affair. */
  let inSmoke = false
  const say = (lines: readonly string[]): void => {
    for (const line of lines) sink.line(line)
  }
  return {
    event(event) {
      if (event.type === 'smoke.started') inSmoke = true
      if (event.type === 'smoke.finished') inSmoke = false
      if (event.type !== 'daemon.ready' || !inSmoke) say(renderEvent(event, paint))
    },
    roundStarted({ cause, restarts, smokes }) {
      const what = [
        ...(restarts.length === 0 ? [] : [`restarting ${restarts.join(', ')}`]),
        ...(smokes.length === 0 ? [] : [nameSome(smokes)]),
      ]
      say(['', paint.bold(`${renderCause(cause, cwd)}: ${what.join('; ')}`)])
    },
    overtaken(cause, cut) {
      const how = cut ? 'cutting short the smoke that runs' : 'next'
      say([paint.dim(`${renderCause(cause, cwd)}: ${how}`)])
    },
    smokeFinished(row) {
      const line = `${paint.verdict(row.class, renderRow(row))}  ${paint.dim(describeRow(row))}`
      // Its first line says the same again.
      say([line, ...(row.class === 'FAIL' ? renderFailedRow(row, paint).slice(1) : [])])
    },
    roundFinished(report) {
      say(renderRound(report, paint))
    },
    idle({ files, smokes, daemons }) {
      const line = `watching ${count(smokes, 'smoke')}, ${count(daemons, 'daemon')}, ${count(files, 'file')}`
      // Said again only when it has changed: the eye looks for the last verdict.
      if (line !== told) say([line, ...(keys === '' ? [] : [keys])].map((each) => paint.dim(each)))
      told = line
    },
    say: (text) => say([text]),
    problem(text) {
      const lines = text.trimEnd().split('\n')
      say(['', ...lines.map((line) => paint.bad(line))])
    },
  }
}

function renderCause(cause: Cause, cwd: string): string {
  switch (cause.kind) {
    case 'start':
      return 'first run'
    case 'again':
      return 'again'
    case 'all':
      return 'all'
    case 'failed':
      return 'what failed'
    case 'restart':
      return 'restart'
    case 'change':
      return `changed ${nameSome(cause.files.map((file) => relative(cwd, file)))}`
  }
}

function nameSome(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN
  return rest > 1 ? `${joinNames(names.slice(0, NAMES_SHOWN))} and ${rest} more` : joinNames(names)
}

/** A file's name may hold anything. */
const joinNames = (names: readonly string[]): string => names.map((name) => oneLine(name)).join(' ')

/** Between rounds a death is news; within one, the smoke that it concerns tells it. */
function renderEvent(event: Event, paint: Paint): string[] {
  switch (event.type) {
    case 'daemon.failed':
      return renderFailureLines(withoutInnerFrames(event.failure), paint, '  ')
    case 'daemon.exited':
      if (event.expected || event.during !== null || !event.failure) return []
      // A start that fails is told by `daemon.failed`.
      if (event.failure.tag === 'exited-before-ready') return []
      return [
        ...renderFailureLines(withoutInnerFrames(event.failure), paint, '  '),
        `  ${event.daemon} is started again when one of its files changes, or with the key r`,
      ]
    default:
      return renderCommonEvent(event, paint)
  }
}

/**
 * Of a log only so many lines are shown; where a script does not parse, Node's own frames would take the place of the line
 * that says why.
 */
function withoutInnerFrames(failure: Failure): Failure {
  if (!('log' in failure)) return failure
  return { ...failure, log: failure.log.filter((line) => !/^\s+at .*\(?node:internal\//.test(line)) }
}

function renderRound(
  { rows, sinceSaveMs, smokesMs, standing, overtaken }: RoundReport,
  paint: Paint,
): string[] {
  // The count comes with what is left.
  if (overtaken || rows.length === 0) return []
  const counted = renderCounts(rows.map((row) => row.class))
  const took =
    sinceSaveMs === undefined
      ? `${formatDuration(smokesMs)} in smokes`
      : `saved → verdict ${formatDuration(sinceSaveMs)}, ${formatDuration(smokesMs)} of it in smokes`
  const isGood = rows.every((row) => row.class === 'PASS' || row.class === 'SKIP')
  const line = isGood ? paint.good(counted) : paint.bad(counted)
  const all = rows.length < standing.verdicts.size ? [renderStanding(standing, paint)] : []
  return [`${line} ${paint.dim(took)}`, ...all]
}

function describeRow(row: Row): string {
  if (row.class === 'SKIP') return oneLine(row.reason ?? 'without a reason')
  const [blocked] = row.class === 'BLOCKED' ? row.failures : []
  if (blocked?.tag === 'blocked') return oneLine(blocked.reason)
  const claim = row.class === 'FAIL' && row.title !== '' ? `  ${oneLine(row.title)}` : ''
  return `${formatDuration(row.ms)}${claim}`
}

function renderStanding(standing: Standing, paint: Paint): string {
  const failing = listFailing(standing)
  const names = failing.length === 0 ? '' : `: ${nameSome(failing)}`
  return paint.dim(
    `of all ${standing.verdicts.size}: ${renderCounts([...standing.verdicts.values()])}${names}`,
  )
}

/** As in the ledger's last line: PASS and FAIL always, the others where they occur. */
function renderCounts(classes: readonly Row['class'][]): string {
  const parts = VERDICT_CLASSES.map((name) => ({ name, n: classes.filter((each) => each === name).length }))
    .filter(({ name, n }) => n > 0 || name === 'PASS' || name === 'FAIL')
    .map(({ name, n }) => `${n} ${name}`)
  return `--- ${parts.join(' / ')} ---`
}
