/** Work that no answer waits for. Its failures are reported, never thrown. */
export class Background {
  readonly #running = new Set<Promise<void>>()
  readonly #report: (message: string, error: unknown) => void

  constructor(report: (message: string, error: unknown) => void) {
    this.#report = report
  }

  /** @param what for the report, as in "removing an older manifest" */
  start(what: string, task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => this.#report(`${what} failed`, error))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Resolves once nothing runs. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
