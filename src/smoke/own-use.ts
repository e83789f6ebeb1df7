/** What the process of a smoke uses, with whatever it starts. */
import type { ProcessIdentity } from '../host/process-info.ts'
import { UseMeter } from '../host/use-meter.ts'
import type { Resources } from '../kernel/resources.ts'

/** Pauses between two looks. A program may end any moment, and then nothing can be read of it any more. */
const PROGRAM_MS = { first: 10, growth: 1.5, longest: 200 }
const HOST_MS = { first: 1_000, growth: 1, longest: 1_000 }

/**
 * For one smoke: one of the two `follow`s, then `end`, which stops the looking, too. Its timer keeps no process
 * alive.
 */
export class OwnUse {
  readonly #meter: UseMeter
  #timer: NodeJS.Timeout | undefined

  /** @param logged bytes it has written so far. */
  constructor(logged: () => number) {
    this.#meter = new UseMeter(logged)
  }

  /** A process that runs this smoke and nothing else. */
  followProgram(identity: ProcessIdentity): void {
    this.#meter.begin(identity)
    this.#lookAfter(PROGRAM_MS.first, PROGRAM_MS)
  }

  /** A process that has run others before: only what comes from now on counts. */
  followHost(identity: ProcessIdentity): void {
    this.#meter.begin(identity)
    this.#meter.read()
    this.#meter.mark()
    this.#lookAfter(HOST_MS.first, HOST_MS)
  }

  /** Of a process that has gone, what was last seen; undefined when there was none. */
  end(): Resources | undefined {
    clearTimeout(this.#timer)
    this.#meter.read()
    const resources = this.#meter.stretch
    this.#meter.end()
    return resources.cpuSeconds === undefined ? undefined : resources
  }

  #lookAfter(ms: number, pauses: typeof HOST_MS): void {
    this.#timer = setTimeout(() => {
      this.#meter.read()
      this.#lookAfter(Math.min(ms * pauses.growth, pauses.longest), pauses)
    }, ms)
    this.#timer.unref()
  }
}
