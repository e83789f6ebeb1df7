/** Cuts a smoke host's output where one smoke ends: what comes before the boundary is that smoke's. */

/** What comes after the boundary is dropped. `flush` tells that the process has ended without one. */
export class OutputSplitter {
  readonly #boundary: Buffer
  readonly #sink: (chunk: Buffer) => void
  readonly #seen = Promise.withResolvers<void>()
  #carry: Buffer = Buffer.alloc(0)
  #done = false

  constructor(boundary: string, sink: (chunk: Buffer) => void) {
    this.#boundary = Buffer.from(boundary)
    this.#sink = sink
  }

  /** Resolves when the boundary has passed. */
  get seen(): Promise<void> {
    return this.#seen.promise
  }

  push(chunk: Buffer): void {
    if (this.#done) return
    const all = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    const at = all.indexOf(this.#boundary)
    if (at === -1) {
      // The boundary may be cut in two by the pipe: its possible beginning waits for the next chunk.
      const keep = Math.min(all.length, this.#boundary.length - 1)
      this.#emit(all.subarray(0, all.length - keep))
      this.#carry = Buffer.from(all.subarray(all.length - keep))
      return
    }
    this.#emit(all.subarray(0, at))
    this.#done = true
    this.#seen.resolve()
  }

  /** No boundary will come: the process has ended. */
  flush(): void {
    if (this.#done) return
    this.#emit(this.#carry)
    this.#done = true
    this.#seen.resolve()
  }

  #emit(chunk: Buffer): void {
    if (chunk.length > 0) this.#sink(chunk)
  }
}
