/** What a daemon writes, over all its incarnations: each has a log of its own, which goes on in the same file. */
import type { LogFile } from '../host/log-file.ts'

/** Listeners stay from one log to the next: they need not be added again after a restart. */
export class LogFeed {
  readonly #listeners = new Map<(line: string) => void, (() => void) | undefined>()
  #log: LogFile | undefined
  /** Written by former incarnations; and what is in the log that no process of the daemon wrote. */
  #former = 0
  #foreign = 0

  /** Bytes that the daemon has written so far. */
  get bytes(): number {
    return this.#former + (this.#log === undefined ? 0 : this.#log.bytes - this.#foreign)
  }

  /** The log of the next incarnation. */
  use(log: LogFile): void {
    this.#former = this.bytes
    this.#foreign = log.bytes
    this.#log = log
    for (const fn of this.#listeners.keys()) this.#listeners.set(fn, log.onLine(fn, { replay: true }))
  }

  /** The last lines of the last incarnation, printable, oldest first; none before the first. */
  tail(lines: number): string[] {
    return this.#log?.tail(lines) ?? []
  }

  /** Lines still in memory first, then each new one. Returns what ends it. */
  onLine(fn: (line: string) => void): () => void {
    this.#listeners.set(fn, this.#log?.onLine(fn, { replay: true }))
    return () => {
      this.#listeners.get(fn)?.()
      this.#listeners.delete(fn)
    }
  }

  async close(): Promise<void> {
    await this.#log?.close()
  }
}
