/** What a process family uses, looked at in microseconds: at the boundaries of smokes, and every second. */
import { CpuAccount } from './cpu-account.ts'
import { findNewcomers, isOfFamily, scout } from './family-scout.ts'
import { type Figures, OpenProcess, readUnits } from './figures-linux.ts'
import type { ProcessIdentity } from './process-info.ts'

export interface FamilyReading {
  /** Of the whole family since it began, those who have ended included. */
  readonly cpuSeconds: number
  /** Sum of resident sets: pages that processes share count for each of them. */
  readonly rssBytes: number
  /** The same, or the largest that one process alone has had since the reading before. */
  readonly peakRssBytes: number
  readonly threads: number
  /** Absent when one of its processes does not tell. */
  readonly fds?: number
}

export interface FamilyMeter {
  /** Of those it found last. */
  readonly pids: readonly number[]
  /** Undefined: nobody is left. */
  read(): FamilyReading | undefined
  /** CPU time alone, of those it knows; in seconds. For a family that is about to end. */
  readCpu(): number
  close(): void
}

/** Gets to know who runs on this machine, so that the first reading of a family need not. For a moment of leisure. */
export function prepareMeters(): void {
  if (process.platform === 'linux') scout.lookSince(0)
}

/** Undefined where the system does not tell (no /proc), or when the process has gone. To be closed. */
export function openFamilyMeter(leader: ProcessIdentity): FamilyMeter | undefined {
  if (process.platform !== 'linux') return undefined
  const opened = OpenProcess.open(leader.pid)
  if (opened && opened.read()?.startTime === leader.startTime) return new LinuxFamilyMeter(opened)
  opened?.close()
  return undefined
}

class LinuxFamilyMeter implements FamilyMeter {
  readonly #leader: number
  readonly #members = new Map<number, OpenProcess>()
  readonly #cpu = new CpuAccount()
  #look = 0

  constructor(leader: OpenProcess) {
    this.#leader = leader.pid
    this.#members.set(leader.pid, leader)
  }

  get pids(): number[] {
    return [...this.#members.keys()]
  }

  read(): FamilyReading | undefined {
    const figures = this.#readMembers()
    // Were they all gone, the leader's number might mean somebody else.
    if (figures.size > 0) this.#admitNewcomers(figures)
    this.#cpu.update(figures)
    // A zombie has used what it has used, and holds nothing: zeros would be no reading of what it held.
    if (![...figures.values()].some(({ threads }) => threads > 0)) return undefined
    const { pageBytes } = readUnits()
    let [pages, threads, risen] = [0, 0, 0]
    let fds: number | undefined = 0
    for (const [pid, one] of figures) {
      const member = this.#members.get(pid)
      pages += one.rssPages
      threads += one.threads
      risen = Math.max(risen, member?.readRisenPeak(one) ?? 0)
      // A zombie has none left, and does not tell.
      const open = one.threads === 0 ? 0 : member?.countFds()
      fds = fds === undefined || open === undefined ? undefined : fds + open
    }
    const rssBytes = pages * pageBytes
    return {
      cpuSeconds: this.#seconds(),
      rssBytes,
      peakRssBytes: Math.max(rssBytes, risen),
      threads,
      ...(fds === undefined ? {} : { fds }),
    }
  }

  readCpu(): number {
    this.#cpu.update(this.#readMembers())
    return this.#seconds()
  }

  close(): void {
    for (const member of this.#members.values()) member.close()
    this.#members.clear()
  }

  #seconds(): number {
    return this.#cpu.total / readUnits().ticksPerSecond
  }

  #readMembers(): Map<number, Figures> {
    const found = new Map<number, Figures>()
    for (const [pid, member] of this.#members) {
      const figures = member.read()
      if (figures) found.set(pid, figures)
      else {
        member.close()
        this.#members.delete(pid)
      }
    }
    return found
  }

  #admitNewcomers(figures: Map<number, Figures>): void {
    const { born, look } = scout.lookSince(this.#look)
    this.#look = look
    for (const pid of born.size === 0 ? [] : findNewcomers(born, this.#leader, figures)) {
      const process = OpenProcess.open(pid)
      const one = process?.read()
      // Its links were read some time ago, and the number may have been given to another since.
      if (process && one && isOfFamily(one, this.#leader, figures)) {
        this.#members.set(pid, process)
        figures.set(pid, one)
      } else process?.close()
    }
  }
}
