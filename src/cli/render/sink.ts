/** Writes to a stream whose reader may go away: `smokechain verify | head -1` must not crash the run. */

/** The part of a writable stream that reporters use. */
export interface Out {
  write(text: string, done?: (error?: Error | null) => void): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface Sink {
  /** Never throws. Goes nowhere once the reader is gone. */
  write(text: string): void
  line(text?: string): void
  /** Resolves when all that was written has been taken, or nobody reads any more. */
  drain(): Promise<void>
}

/** Reasons that mean: the reader is gone. The run goes on without it; its evidence is in the run directory. */
const GONE = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'EIO', 'ECONNRESET'])

/** @param onLost called once when writing fails for another reason than that the reader is gone (disk full). */
export function createSink(out: Out, onLost: (error: Error) => void = () => undefined): Sink {
  let gone = false
  let pending: Promise<void> = Promise.resolve()
  out.on('error', (error) => {
    if (gone) return
    gone = true
    if (!isGone(error)) onLost(error)
  })

  function write(text: string): void {
    if (gone || text === '') return
    pending = new Promise((resolve) => {
      // The error itself comes to the listener above; here it only ends the waiting.
      out.write(text, () => resolve())
    })
  }

  return { write, line: (text = '') => write(`${text}\n`), drain: () => pending }
}

function isGone(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && GONE.has(error.code)
}
