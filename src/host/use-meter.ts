/**
 * What somebody's processes use over time: over one incarnation after the other, as a total and over stretches (one
 * smoke). Whoever has it says when to look; a look costs microseconds where there is a /proc.
 */
import { now } from '../kernel/clock.ts'
import type { Resources } from '../kernel/resources.ts'
import { CpuAccount } from './cpu-account.ts'
import { type FamilyMeter, type FamilyReading, openFamilyMeter } from './family-meter.ts'
import type { ProcessIdentity } from './process-info.ts'
import type { Usage } from './usage.ts'

export type UseReading = Partial<FamilyReading>

type Peaks = Pick<Resources, 'peakRssBytes' | 'threads' | 'fds'>

/**
 * `begin` with each process, `end` after it; the total goes on from one to the next. Between the two it may hold
 * files of /proc open. What the system does not tell is absent from what it gives, never 0.
 */
export class UseMeter {
  readonly #logged: (() => number) | undefined
  #family: FamilyMeter | undefined
  /** There ever was a process. */
  #begun = false
  /** Stands in for the family's own account where there is no /proc; in milliseconds. */
  #told = new CpuAccount()
  /** Of incarnations that have ended. */
  #formerCpu: number | undefined
  #cpu: number | undefined
  #total: Peaks = {}
  #stretch: Peaks = {}
  #atMark: { readonly cpu: number; readonly logged: number } = { cpu: 0, logged: 0 }
  /** There was a look in this stretch. */
  #looked = false
  #last: { readonly reading: UseReading; readonly at: number } | undefined

  /** @param logged bytes written so far, over all incarnations; absent: not known. */
  constructor(logged?: () => number) {
    this.#logged = logged
  }

  /** A process has been started. Where the system tells nothing by itself, `note` does. */
  begin(leader: ProcessIdentity): void {
    this.end()
    this.#begun = true
    this.#family = openFamilyMeter(leader)
  }

  /** What it is at the last look; undefined when nothing of it runs. */
  get last(): UseReading | undefined {
    return this.#last?.reading
  }

  /** Of those found by the last look; undefined where the system does not tell by itself. */
  get pids(): readonly number[] | undefined {
    return this.#family?.pids
  }

  /**
   * Looks, unless the last look is younger than `goodMs`.
   * @returns undefined when nothing of it runs any more, or the system does not tell by itself.
   */
  read(goodMs = 0): UseReading | undefined {
    if (!this.#family) return undefined
    if (this.#last && now() - this.#last.at < goodMs) return this.#last.reading
    const reading = this.#family.read()
    if (reading) this.#take(reading)
    else this.readCpu()
    return reading
  }

  /** CPU time alone: of a family that is ending, the last that can be had. */
  readCpu(): void {
    if (this.#family) this.#cpu = this.#family.readCpu()
  }

  /** Takes what pidusage has told, where there is no /proc. */
  note({ rssBytes, cpuMs }: Usage): void {
    if (this.#family) return
    const members = [...cpuMs].map(([pid, ms]) => [pid, { ownTicks: ms, childTicks: 0 }] as const)
    this.#take({ cpuSeconds: this.#told.update(new Map(members)) / 1_000, rssBytes, peakRssBytes: rssBytes })
  }

  /** Its process has ended, with all its family. */
  end(): void {
    this.#family?.close()
    this.#family = undefined
    this.#told = new CpuAccount()
    if (this.#cpu !== undefined) this.#formerCpu = (this.#formerCpu ?? 0) + this.#cpu
    this.#cpu = undefined
    this.#last = undefined
  }

  /** Begins a stretch. */
  mark(): void {
    this.#atMark = { cpu: this.#totalCpu() ?? 0, logged: this.#logged?.() ?? 0 }
    this.#stretch = raise({}, { ...this.last, peakRssBytes: this.last?.rssBytes })
    this.#looked = false
  }

  /** Since it was begun. */
  get total(): Resources {
    return this.#describe(this.#total, this.#totalCpu(), this.#logged?.())
  }

  /** Since the mark. */
  get stretch(): Resources {
    const cpu = this.#totalCpu()
    const used = cpu === undefined || !this.#looked ? undefined : cpu - this.#atMark.cpu
    const logged = this.#logged && this.#logged() - this.#atMark.logged
    return this.#describe(this.#looked ? this.#stretch : {}, used, logged)
  }

  #totalCpu(): number | undefined {
    if (this.#cpu === undefined) return this.#formerCpu
    return (this.#formerCpu ?? 0) + this.#cpu
  }

  #take(reading: UseReading): void {
    this.#last = { reading, at: now() }
    this.#cpu = reading.cpuSeconds
    this.#total = raise(this.#total, reading)
    this.#stretch = raise(this.#stretch, reading)
    this.#looked = true
  }

  #describe(peaks: Peaks, cpu: number | undefined, loggedBytes: number | undefined): Resources {
    return {
      // The kernel's ticks are hundredths; a sum of them in binary is not.
      ...(cpu === undefined ? {} : { cpuSeconds: Math.round(cpu * 1_000) / 1_000 }),
      ...peaks,
      ...(loggedBytes === undefined || !this.#begun ? {} : { loggedBytes }),
    }
  }
}

function raise(peaks: Peaks, seen: { readonly [K in keyof Peaks]?: number | undefined }): Peaks {
  const of = (key: keyof Peaks): Peaks => {
    const values = [peaks[key], seen[key]].filter((value) => value !== undefined)
    return values.length === 0 ? {} : { [key]: Math.max(...values) }
  }
  return { ...of('peakRssBytes'), ...of('threads'), ...of('fds') }
}
