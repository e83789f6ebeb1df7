/**
 * What a process has used, through /proc (proc_pid_stat(5), proc_pid_status(5)). Its stat file stays open between two
 * looks: reading it costs a few microseconds, and it can never be that of another process with the same number.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { endianness } from 'node:os'
import { hasCode } from '../kernel/errno.ts'

/** One line of /proc/<pid>/stat. */
export interface Figures {
  readonly startTime: string
  readonly ppid: number
  readonly pgid: number
  readonly sid: number
  /** User and system time, in ticks: its own, and that of children it has waited for, with theirs. */
  readonly ownTicks: number
  readonly childTicks: number
  /** Page faults so far: without a new one its resident set has not grown. */
  readonly faults: number
  /** 0 for a zombie. */
  readonly threads: number
  readonly rssPages: number
}

/** Undefined for a cut or foreign text. A zombie has figures too: its CPU time is still to be counted. */
export function parseFigures(text: string): Figures | undefined {
  // The command name stands in parentheses and may itself hold spaces, parentheses and newlines.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 22)
  const at = (field: number): number => Number(fields[field - 3])
  const startTime = fields[19]
  if (startTime === undefined || fields[21] === undefined) return undefined
  const isZombie = fields[0] === 'Z' && at(20) <= 1
  return {
    startTime,
    ppid: at(4),
    pgid: at(5),
    sid: at(6),
    ownTicks: at(14) + at(15),
    childTicks: at(16) + at(17),
    faults: at(10) + at(12),
    threads: isZombie ? 0 : at(20),
    rssPages: at(24),
  }
}

/** A process that has gone, another user's, or one too many for our own descriptors: it cannot be looked into. */
const UNREADABLE = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE']

const line = Buffer.alloc(4_096)

/** One process, looked at again and again. */
export class OpenProcess {
  readonly pid: number
  readonly #fd: number
  #peakAtFaults = -1
  #peak: number | undefined

  private constructor(pid: number, fd: number) {
    this.pid = pid
    this.#fd = fd
  }

  /** Undefined: there is no such process, or it cannot be looked into. */
  static open(pid: number): OpenProcess | undefined {
    const fd = unlessUnreadable(() => openSync(`/proc/${pid}/stat`, 'r'))
    return fd === undefined ? undefined : new OpenProcess(pid, fd)
  }

  /** Undefined: it has gone. */
  read(): Figures | undefined {
    const length = unlessUnreadable(() => readSync(this.#fd, line, 0, line.length, 0))
    return length === undefined ? undefined : parseFigures(line.toString('latin1', 0, length))
  }

  /** The largest resident set it ever had, in bytes, when that may have grown since the last call; else undefined. */
  readRisenPeak({ faults }: Figures): number | undefined {
    if (faults === this.#peakAtFaults) return undefined
    this.#peakAtFaults = faults
    const peak = readPeakRss(this.pid)
    if (peak === undefined || (this.#peak !== undefined && peak <= this.#peak)) return undefined
    this.#peak = peak
    return peak
  }

  /** Undefined: it has gone, or does not tell. */
  countFds(): number | undefined {
    const folder = `/proc/${this.pid}/fd`
    return unlessUnreadable(() => {
      // Since Linux 6.2 the folder's size is the number of its entries; before, it was 0.
      const { size } = statSync(folder)
      return size > 0 ? size : readdirSync(folder).length
    })
  }

  /** Once, and nothing is to be read after it: its descriptor's number may be another's then. */
  close(): void {
    closeSync(this.#fd)
  }
}

/** The largest resident set that the process ever had, in bytes; undefined where the system does not tell. */
export function readPeakRss(pid: number): number | undefined {
  const text = unlessUnreadable(() => readFileSync(`/proc/${pid}/status`, 'latin1'))
  return text === undefined ? undefined : parsePeakRss(text)
}

/** From /proc/<pid>/status, in bytes. */
export function parsePeakRss(text: string): number | undefined {
  const kib = /^VmHWM:\s*(\d+) kB$/m.exec(text)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1_024
}

export interface Units {
  readonly pageBytes: number
  readonly ticksPerSecond: number
}

let units: Units | undefined

/** The kernel's units, as it tells every process at its start. */
export function readUnits(): Units {
  units ??= parseAuxv(readFileSync('/proc/self/auxv'))
  return units
}

const AT_PAGESZ = 6n
const AT_CLKTCK = 17n

/** The auxiliary vector (getauxval(3)): pairs of machine words. Without an entry, what nearly every machine has. */
export function parseAuxv(vector: Buffer, order = endianness()): Units {
  const word = (at: number): bigint =>
    order === 'LE' ? vector.readBigUInt64LE(at) : vector.readBigUInt64BE(at)
  const found = new Map<bigint, number>()
  for (let at = 0; at + 16 <= vector.length; at += 16) found.set(word(at), Number(word(at + 8)))
  return { pageBytes: found.get(AT_PAGESZ) || 4_096, ticksPerSecond: found.get(AT_CLKTCK) || 100 }
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (hasCode(error, ...UNREADABLE)) return undefined
    throw error
  }
}
