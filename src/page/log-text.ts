/**
 * The logs of a run's daemons as lines with times, bounded: of each log its beginning and its end, and a note of what
 * is not there.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { readTimes, type TimeSection } from '../host/time-index.ts'
import { formatBytes } from '../kernel/units.ts'
import { showControls } from './html.ts'

/** Of all logs together, in bytes; each daemon has an equal share. */
const BUDGET = 3 * 2 ** 20
/** Of one daemon's log at most, and at least. */
const MOST = 512 * 2 ** 10
const LEAST = 24 * 2 ** 10
/** The beginning's part of a share; the rest is the end's. */
const HEAD_PART = 0.35
const LINE_CHARACTERS = 2_000
/** A log of empty lines has many of them. */
const MAX_LINES = 6_000

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

/**
 * @param dir the run's directory.
 * @param zeroMs Unix time that the run's clock counts from; undefined: no line has a time.
 */
export function readLogs(dir: string, zeroMs: number | undefined, budget = BUDGET): DaemonLog[] {
  const folder = join(dir, 'daemons')
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : []
  const share = Math.min(MOST, Math.max(LEAST, Math.floor(budget / Math.max(1, names.length))))
  return names.sort().map((name) => readLog(join(folder, name), name.slice(0, -'.log'.length), zeroMs, share))
}

function readLog(path: string, daemon: string, zeroMs: number | undefined, share: number): DaemonLog {
  const sections = zeroMs === undefined ? [] : readTimes(path)
  const { pieces, bytes } = readPieces(path, share, noteIn(sections.at(-1)))
  const timeAt = createClock(sections, zeroMs ?? 0)
  const lines: LogLine[] = []
  let shown = 0
  for (const piece of pieces) {
    const skipped = piece.at - shown
    if (skipped > 0) {
      const text = `… ${formatBytes(skipped)} of this log are left out here; all of it: ${path} …`
      const atMs = timeAt(piece.at)
      lines.push({ daemon, text, note: true, ...(atMs === undefined ? {} : { atMs }) })
    }
    for (const line of cutLines(piece, daemon, timeAt)) lines.push(line)
    shown = piece.at + piece.bytes.length
  }
  return {
    daemon,
    path,
    bytes,
    lines: capLines(lines, daemon, path),
    leftOut: bytes - sum(pieces.map((p) => p.bytes.length)),
  }
}

interface Piece {
  /** Its place in the file. */
  readonly at: number
  readonly bytes: Buffer
}

/** Beginning and end of a file, cut between lines. What a killed run has left of the tail beside it counts as its end. */
function readPieces(path: string, share: number, note: string): { pieces: Piece[]; bytes: number } {
  const segments = [`${path}.tail-1`, `${path}.tail-2`].filter((file) => existsSync(file))
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const tail = segments.map((file) => readFileSync(file))
    if (tail.length > 0) tail.unshift(Buffer.from(note))
    const bytes = size + sum(tail.map(({ length }) => length))
    const read = (at: number, length: number): Buffer => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - at)))
      const got = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, at)
      return Buffer.concat([buffer.subarray(0, got), ...tail]).subarray(0, length)
    }
    if (bytes <= share) return { pieces: [{ at: 0, bytes: read(0, bytes) }], bytes }
    const head = Math.floor(share * HEAD_PART)
    const first = upToLastLine(read(0, head))
    const from = bytes - (share - head)
    const last = from < size ? read(from, bytes - from) : Buffer.concat(tail).subarray(from - size)
    const begin = last.indexOf(0x0a) + 1
    return {
      pieces: [
        { at: 0, bytes: first },
        { at: from + begin, bytes: last.subarray(begin) },
      ],
      bytes,
    }
  } finally {
    closeSync(fd)
  }
}

function upToLastLine(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(0x0a)
  return end === -1 ? bytes : bytes.subarray(0, end + 1)
}

function* cutLines(
  { at, bytes }: Piece,
  daemon: string,
  timeAt: (place: number) => number | undefined,
): Iterable<LogLine> {
  let from = 0
  while (from < bytes.length) {
    const found = bytes.indexOf(0x0a, from)
    const end = found === -1 ? bytes.length : found
    const atMs = timeAt(at + from)
    yield { daemon, text: showLine(bytes.subarray(from, end)), ...(atMs === undefined ? {} : { atMs }) }
    from = end + 1
  }
}

function showLine(bytes: Buffer): string {
  const text = showControls(
    bytes
      .subarray(0, 4 * LINE_CHARACTERS)
      .toString('utf8')
      .replace(/\r+$/, ''),
  )
  if (text.length <= LINE_CHARACTERS) return text
  const shown = text.slice(0, LINE_CHARACTERS).toWellFormed()
  return `${shown}… (${formatBytes(Math.max(1, bytes.length - Buffer.byteLength(shown)))} more in this line)`
}

function capLines(lines: readonly LogLine[], daemon: string, path: string): readonly LogLine[] {
  if (lines.length <= MAX_LINES) return lines
  const head = lines.slice(0, MAX_LINES * HEAD_PART)
  const tail = lines.slice(head.length - MAX_LINES)
  const text = `… ${lines.length - MAX_LINES} lines of this log are left out here; all of it: ${path} …`
  const atMs = tail[0]?.atMs
  return [...head, { daemon, text, note: true, ...(atMs === undefined ? {} : { atMs }) }, ...tail]
}

/** When the byte at a place of the file arrived, on the run's clock. Places must be asked for in ascending order. */
function createClock(
  sections: readonly TimeSection[],
  zeroMs: number,
): (place: number) => number | undefined {
  const points = sections.flatMap((section) => pointsOf(section)).sort((a, b) => a.place - b.place)
  let next = 0
  let current: number | undefined
  return (place) => {
    for (let point = points[next]; point !== undefined && point.place <= place; point = points[next]) {
      current = Math.max(0, point.ms - zeroMs)
      next += 1
    }
    return current
  }
}

/** The entries at their places in the file, which has a note where bytes were left out of it (BoundedFile). */
function pointsOf({ base, entries, segments }: TimeSection): { place: number; ms: number }[] {
  const headEnd = segments[0] ?? Number.POSITIVE_INFINITY
  const leftOut = leftOutOf({ segments })
  const note = Buffer.byteLength(noteIn({ segments }))
  return entries.map(({ offset, ms }) => ({
    place: base + (offset < headEnd ? offset : headEnd + note + Math.max(0, offset - headEnd - leftOut)),
    ms,
  }))
}

/** Bytes between the head and what is left of the tail. */
const leftOutOf = ({ segments }: Pick<TimeSection, 'segments'>): number =>
  segments.length < 2 ? 0 : (segments.at(-2) ?? 0) - (segments[0] ?? 0)

/** What BoundedFile writes between them when it joins them. */
function noteIn(section: Pick<TimeSection, 'segments'> | undefined): string {
  const leftOut = section === undefined ? 0 : leftOutOf(section)
  return leftOut > 0 ? `\n… ${leftOut} bytes left out …\n` : ''
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
