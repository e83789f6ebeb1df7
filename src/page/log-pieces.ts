/** Reads of a log file what is worth showing: its beginning, its end, and what was written at certain times. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { readTimes, type TimeSection } from '../host/time-index.ts'

/** A stretch of time, Unix milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** From this place of the file on, what was written came at this time or later. */
export interface TimePoint {
  readonly place: number
  /** Unix time in milliseconds. */
  readonly ms: number
}

/** Whole lines that stand together in the file. */
export interface Piece {
  /** Its place in the file. */
  readonly at: number
  readonly bytes: Buffer
}

export interface LogPieces {
  /** In the order of the file, with something left out between any two. */
  readonly pieces: readonly Piece[]
  /** Size of the file, with what a killed run has left of it beside it. */
  readonly bytes: number
  /** In the order of the file; empty where no times were noted. */
  readonly points: readonly TimePoint[]
}

/** Parts of the share: of the beginning, and of the times that are asked for. The rest is the end's. */
const HEAD_PART = 0.3
const SPANS_PART = 0.35
/** A line arrives a little after what it tells of. */
const SLACK_MS = 50

interface Range {
  readonly from: number
  readonly to: number
}

/**
 * @param share about how many bytes are read.
 * @param spans what was logged at these times is worth more than the rest; earlier ones first.
 */
export function readPieces(path: string, share: number, spans: readonly Span[]): LogPieces {
  const sections = readTimes(path)
  const points = sections.flatMap(pointsOf).sort((a, b) => a.place - b.place)
  const file = openLog(path, noteIn(sections.at(-1)))
  try {
    const ranges = chooseRanges(file.bytes, share, rangesOf(spans, points, file.bytes))
    return { pieces: ranges.map((range) => readPiece(file, range)), bytes: file.bytes, points }
  } finally {
    file.close()
  }
}

function chooseRanges(bytes: number, share: number, wanted: readonly Range[]): Range[] {
  if (bytes <= share) return [{ from: 0, to: bytes }]
  const head = Math.floor(share * HEAD_PART)
  let left = wanted.length === 0 ? 0 : Math.floor(share * SPANS_PART)
  const tail = share - head - left
  const ranges: Range[] = [
    { from: 0, to: head },
    { from: bytes - tail, to: bytes },
  ]
  for (const { from, to } of wanted) {
    const end = Math.min(to, from + left)
    if (end > from) ranges.push({ from, to: end })
    left -= Math.max(0, end - from)
  }
  return mergeRanges(ranges)
}

function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = []
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last === undefined || range.from > last.to) merged.push(range)
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return merged
}

/** Where in the file is what came at these times. */
function rangesOf(spans: readonly Span[], points: readonly TimePoint[], bytes: number): Range[] {
  return spans.flatMap(({ from, to }) => {
    const first = points.findLast((point) => point.ms <= from - SLACK_MS) ?? points[0]
    if (!first) return []
    const after = points.find((point) => point.ms > to + SLACK_MS && point.place > first.place)
    return [{ from: first.place, to: after?.place ?? bytes }]
  })
}

interface OpenLog {
  readonly bytes: number
  read(from: number, to: number): Buffer
  close(): void
}

/** The file and, of a run that was killed, the segments of its tail behind it. @param note stands between them. */
function openLog(path: string, note: string): OpenLog {
  const tails = [`${path}.tail-1`, `${path}.tail-2`].filter((file) => existsSync(file))
  const rest =
    tails.length === 0
      ? Buffer.alloc(0)
      : Buffer.concat([Buffer.from(note), ...tails.map((file) => readFileSync(file))])
  const fd = openSync(path, 'r')
  const { size } = fstatSync(fd)
  return {
    bytes: size + rest.length,
    read(from, to) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(to, size) - from))
      const got = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, from)
      return Buffer.concat([
        buffer.subarray(0, got),
        rest.subarray(Math.max(0, from - size), Math.max(0, to - size)),
      ])
    },
    close: () => closeSync(fd),
  }
}

/** The whole lines in it; a line that is longer than the range stays as it is. */
function readPiece(file: OpenLog, { from, to }: Range): Piece {
  // One byte more tells whether a line begins here.
  const before = from === 0 ? 0 : 1
  const bytes = file.read(from - before, to)
  const begin = before === 0 ? 0 : bytes.indexOf(0x0a) + 1
  const end = to === file.bytes ? bytes.length : bytes.lastIndexOf(0x0a) + 1
  return end > begin
    ? { at: from - before + begin, bytes: bytes.subarray(begin, end) }
    : { at: from, bytes: bytes.subarray(before) }
}

/** The entries at their places in the file, which has a note where bytes were left out of it (BoundedFile). */
function pointsOf({ base, entries, segments }: TimeSection): TimePoint[] {
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
