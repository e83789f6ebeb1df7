/**
 * When the bytes of a log arrived: a small file beside it, `<log>.times`, so that lines can be laid beside what else
 * happened in the run, whatever the process writes into them. Sparse and bounded. Lines of text:
 *
 *     open <size>          a process begins; offsets that follow count from this size of the log file
 *     <offset> <ms>        what arrived from this byte on came at this time or later
 *     segment <offset>     from here on the bytes went to a segment of the tail (see BoundedFile)
 *
 * `<ms>` is the Unix time at which this process began plus monotonic time: the wall clock may step, it does not.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { now } from '../kernel/clock.ts'
import { hasCode } from '../kernel/errno.ts'

/** Arrivals nearer to each other than this share an entry. */
const FIRST_INTERVAL_MS = 5
/** Entries of one process in the log; when there are more, every second one goes, and the interval doubles. */
const MAX_ENTRIES = 4_096

export interface TimeEntry {
  /** Bytes, from `base` of its section on. */
  readonly offset: number
  /** Unix time in milliseconds, monotonic. */
  readonly ms: number
}

/** The times of one process's output. Offsets count from `base`, the size that the log file had when it began. */
export interface TimeSection {
  readonly base: number
  readonly entries: readonly TimeEntry[]
  /** Where segments of the tail begin, oldest first; those that are gone too. The head ends at the first. */
  readonly segments: readonly number[]
}

export const timesPathOf = (log: string): string => `${log}.times`

/** Writes the times of one log, for one process. Never throws. */
export class TimeIndex {
  readonly #clock: () => number
  readonly #base: number
  #fd: number | undefined
  /** Size of the file when this process began: what stands before it belongs to former ones. */
  #start = 0
  #entries: TimeEntry[] = []
  #segments: number[] = []
  #offset = 0
  #interval = FIRST_INTERVAL_MS

  /** @param base size of the log file now. @param clock Unix time in milliseconds; for tests. */
  constructor(log: string, base: number, clock: () => number = () => performance.timeOrigin + now()) {
    this.#base = base
    this.#clock = clock
    this.#attempt(() => {
      this.#fd = openSync(timesPathOf(log), 'a')
      this.#start = fstatSync(this.#fd).size
    })
    this.#append(`open ${base}\n`)
  }

  /** So many bytes go into the log now. */
  note(bytes: number): void {
    const ms = Math.round(this.#clock())
    const last = this.#entries.at(-1)
    const offset = this.#offset
    this.#offset += bytes
    if (bytes === 0 || (last !== undefined && ms - last.ms < this.#interval)) return
    this.#entries.push({ offset, ms })
    if (this.#entries.length > MAX_ENTRIES) this.#thin()
    else this.#append(`${offset} ${ms}\n`)
  }

  /** @param offset of the segment's first byte, from the beginning of what this process wrote. */
  segment(offset: number): void {
    const [first, ...rest] = this.#segments
    // Which segments there were between the first and the last two matters to nobody.
    this.#segments = first === undefined ? [offset] : [first, ...rest.slice(-1), offset]
    this.#append(`segment ${offset}\n`)
    if (rest.length > 0) this.#forgetLeftOut()
  }

  /** Entries of bytes that are in the file no more. */
  #forgetLeftOut(): void {
    const [first = 0] = this.#segments
    const kept = this.#segments.at(-2) ?? first
    this.#entries = this.#entries.filter(({ offset }, i) => {
      const next = this.#entries[i + 1]?.offset ?? Number.POSITIVE_INFINITY
      return offset < first || next > kept
    })
    this.#rewrite()
  }

  #thin(): void {
    this.#interval *= 2
    this.#entries = this.#entries.filter((_, i) => i % 2 === 0)
    this.#rewrite()
  }

  /** Idempotent. What is noted after it is not written. */
  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) this.#attempt(() => closeSync(fd))
  }

  #rewrite(): void {
    const fd = this.#fd
    if (fd === undefined) return
    this.#attempt(() => ftruncateSync(fd, this.#start))
    const entries = this.#entries.map(({ offset, ms }) => `${offset} ${ms}\n`)
    const segments = this.#segments.map((offset) => `segment ${offset}\n`)
    this.#append([`open ${this.#base}\n`, ...segments, ...entries].join(''))
  }

  #append(text: string): void {
    const fd = this.#fd
    if (fd !== undefined) this.#attempt(() => writeSync(fd, text))
  }

  /** After one failure no more is written: the times are a help, not evidence; without them the log is as good as before. */
  #attempt(action: () => void): void {
    try {
      action()
    } catch {
      this.#fd = undefined
    }
  }
}

/** The times of a log, one section for each process that wrote it; empty where there are none. */
export function readTimes(log: string): TimeSection[] {
  const sections: { base: number; entries: TimeEntry[]; segments: number[] }[] = []
  for (const line of textOf(timesPathOf(log)).split('\n')) {
    const [a = '', b = ''] = line.split(' ')
    const value = Number(b)
    if (b === '' || !Number.isSafeInteger(value)) continue
    const section = sections.at(-1)
    if (a === 'open') sections.push({ base: value, entries: [], segments: [] })
    else if (a === 'segment') section?.segments.push(value)
    else if (/^\d+$/.test(a)) section?.entries.push({ offset: Number(a), ms: value })
  }
  return sections
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  }
}
