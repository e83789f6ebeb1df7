/**
 * The logs of a run's daemons as lines with times, bounded: of each log its beginning, its end, and what was written
 * while something failed, with a note of what is not there.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes } from '../kernel/units.ts'
import { showControls } from './html.ts'
import { type Piece, readPieces, type Span, type TimePoint } from './log-pieces.ts'

/** Of all logs together, in bytes; each daemon has an equal share. */
const BUDGET = 3 * 2 ** 20
/** Of one daemon's log at most, and at least. */
const MOST = 512 * 2 ** 10
const LEAST = 24 * 2 ** 10
const LINE_CHARACTERS = 2_000
/** A log of empty lines has many of them. */
const MAX_LINES = 6_000
const HEAD_LINES = 2_000

export interface LogLine {
  readonly daemon: string
  /** On the run's clock; undefined where it is not known. */
  readonly atMs?: number
  readonly text: string
  /** A note of this tool, no line of the log. */
  readonly note?: boolean
}

export interface DaemonLog {
  readonly daemon: string
  readonly path: string
  readonly bytes: number
  readonly lines: readonly LogLine[]
  /** Bytes of the file that are not among the lines. */
  readonly leftOut: number
}

export interface LogOptions {
  /** Unix time that the run's clock counts from; undefined: no line has a time. */
  readonly zeroMs: number | undefined
  /** When something failed, on the run's clock. */
  readonly spans?: readonly Span[]
  /** Bytes of all logs together. */
  readonly budget?: number
}

/** @param dir the run's directory. */
export function readLogs(dir: string, { zeroMs, spans = [], budget = BUDGET }: LogOptions): DaemonLog[] {
  const folder = join(dir, 'daemons')
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : []
  const share = Math.min(MOST, Math.max(LEAST, Math.floor(budget / Math.max(1, names.length))))
  return names
    .sort()
    .map((name) =>
      readLog(join(folder, name), name.slice(0, -'.log'.length), { zeroMs, spans, budget: share }),
    )
}

function readLog(path: string, daemon: string, { zeroMs, spans, budget }: Required<LogOptions>): DaemonLog {
  const zero = zeroMs ?? Number.NaN
  const wanted = spans.map(({ from, to }) => ({ from: from + zero, to: to + zero }))
  const { pieces, bytes, points } = readPieces(path, budget, wanted)
  const timeAt = createClock(points, zero)
  const lines: LogLine[] = []
  const say = (text: string, atMs: number | undefined, note = false): void => {
    lines.push({ daemon, text, ...(note && { note }), ...(atMs === undefined ? {} : { atMs }) })
  }
  let shown = 0
  for (const piece of pieces) {
    const skipped = piece.at - shown
    if (skipped > 0)
      say(
        `… ${formatBytes(skipped)} of this log are left out here; all of it: ${path} …`,
        timeAt(piece.at),
        true,
      )
    for (const { at, text } of cutLines(piece)) say(text, timeAt(at))
    shown = piece.at + piece.bytes.length
  }
  const kept = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0)
  return { daemon, path, bytes, lines: capLines(lines, daemon, path), leftOut: bytes - kept }
}

function* cutLines({ at, bytes }: Piece): Iterable<{ at: number; text: string }> {
  let from = 0
  while (from < bytes.length) {
    const found = bytes.indexOf(0x0a, from)
    const end = found === -1 ? bytes.length : found
    yield { at: at + from, text: showLine(bytes.subarray(from, end)) }
    from = end + 1
  }
}

function showLine(bytes: Buffer): string {
  const head = bytes.subarray(0, 4 * LINE_CHARACTERS).toString('utf8')
  const text = showControls(head.replace(/\r+$/, ''))
  if (text.length <= LINE_CHARACTERS) return text
  const shown = text.slice(0, LINE_CHARACTERS).toWellFormed()
  return `${shown}… (${formatBytes(Math.max(1, bytes.length - Buffer.byteLength(shown)))} more in this line)`
}

function capLines(lines: readonly LogLine[], daemon: string, path: string): readonly LogLine[] {
  if (lines.length <= MAX_LINES) return lines
  const head = lines.slice(0, HEAD_LINES)
  const tail = lines.slice(HEAD_LINES - MAX_LINES)
  const text = `… ${lines.length - MAX_LINES} lines of this log are left out here; all of it: ${path} …`
  const atMs = tail[0]?.atMs
  return [...head, { daemon, text, note: true, ...(atMs === undefined ? {} : { atMs }) }, ...tail]
}

/** When the byte at a place of the file arrived, on the run's clock. Places must be asked for in ascending order. */
function createClock(points: readonly TimePoint[], zeroMs: number): (place: number) => number | undefined {
  let next = 0
  let current: number | undefined
  return (place) => {
    for (let point = points[next]; point !== undefined && point.place <= place; point = points[next]) {
      current = Number.isNaN(zeroMs) ? undefined : Math.max(0, point.ms - zeroMs)
      next += 1
    }
    return current
  }
}
