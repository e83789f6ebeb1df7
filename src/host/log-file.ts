/** The bounded log of one process: on disk its head and tail, in memory its last lines. A flood fills neither. */
import { BoundedFile } from './bounded-file.ts'
import { LineSplitter, RecentBytes, showLine } from './log-lines.ts'
import { Redactor } from './log-redactor.ts'
import { TimeIndex } from './time-index.ts'

export interface LogOptions {
  /** Kept from the beginning; default 1 MiB. */
  readonly headBytes?: number
  /** At most kept from the end, at least half of it; default 4 MiB. */
  readonly tailBytes?: number
  /** Values that are replaced by `[redacted]`, also as they are spelled in JSON and in URLs. */
  readonly redact?: readonly string[]
  /** Called once, when the disk no longer takes the log. The process is drained all the same. */
  readonly onLost?: (reason: string) => void
  /** Note beside the log when its bytes arrived (`time-index.ts`). */
  readonly times?: boolean
}

const MiB = 2 ** 20
const RECENT_BYTES = 64 * 1_024

/** One stream that goes into a log: lines and secrets are followed through it alone, not across two streams that mix. */
export interface LogSource {
  /** False: the disk no longer takes it. */
  write(chunk: Buffer): boolean
  /** Writes what was held back. Idempotent. */
  end(): void
}

/**
 * Takes bytes until `close`, which its maker must call. A disk that takes no more is told through `onLost`; lines,
 * tail and listeners go on without it.
 */
export class LogFile {
  readonly path: string
  readonly #file: BoundedFile
  readonly #secrets: readonly string[]
  readonly #recent = new RecentBytes(RECENT_BYTES)
  readonly #listeners = new Set<(line: string) => void>()
  readonly #sources = new Set<LogSource>()
  readonly #own: LogSource
  readonly #times: TimeIndex | undefined
  #bytes = 0

  /** Makes missing folders. A file that cannot be opened is told through `onLost`, not thrown. */
  constructor(path: string, options: LogOptions = {}) {
    const { headBytes = MiB, tailBytes = 4 * MiB, redact = [], onLost = () => undefined } = options
    this.path = path
    this.#secrets = redact
    const onSegment = (offset: number): void => this.#times?.segment(offset)
    this.#file = new BoundedFile(path, { headBytes, tailBytes, onLost: once(onLost), onSegment })
    this.#times = options.times ? new TimeIndex(path, this.#file.base) : undefined
    this.#own = this.openSource()
  }

  /** Bytes taken since the log was opened, those left out on disk included. */
  get bytes(): number {
    return this.#bytes
  }

  /** False: the disk no longer takes it. Written when it returns. */
  write(chunk: Buffer): boolean {
    return this.#own.write(chunk)
  }

  /** For a process: one for its stdout, one for its stderr. */
  openSource(): LogSource {
    const redactor = new Redactor(this.#secrets)
    const splitter = new LineSplitter()
    const take = (bytes: Buffer): boolean => {
      this.#recent.push(bytes)
      splitter.push(bytes, this.#deliverer())
      this.#times?.note(bytes.length)
      return this.#file.write(bytes)
    }
    const source: LogSource = {
      write: (chunk) => {
        this.#bytes += chunk.length
        return take(redactor.push(chunk))
      },
      end: () => {
        if (!this.#sources.delete(source)) return
        take(redactor.flush())
        splitter.flush(this.#deliverer())
      },
    }
    this.#sources.add(source)
    return source
  }

  /** The last lines of the last 64 KiB, printable and bounded, oldest first. */
  tail(lines: number): string[] {
    const { complete, unfinished } = this.#recent.lines()
    const all = unfinished === '' ? complete : [...complete, unfinished]
    return lines <= 0 ? [] : all.slice(-lines).map(showLine)
  }

  /**
   * Calls `fn` with each line from now on, printable and bounded; a last line without its newline comes at the end of
   * its stream. With `replay`, the complete lines still in memory come first. Returns what ends it.
   */
  onLine(fn: (line: string) => void, options: { readonly replay?: boolean } = {}): () => void {
    if (options.replay) for (const line of this.#recent.lines().complete) fn(showLine(line))
    this.#listeners.add(fn)
    return () => void this.#listeners.delete(fn)
  }

  /** Joins head and tail on disk. Idempotent. */
  async close(): Promise<void> {
    for (const source of this.#sources) source.end()
    this.#file.close()
    this.#times?.close()
  }

  #deliverer(): ((line: string) => void) | undefined {
    if (this.#listeners.size === 0) return undefined
    return (line) => {
      const shown = showLine(line)
      for (const listener of this.#listeners) listener(shown)
    }
  }
}

function once(fn: (reason: string) => void): (reason: string) => void {
  let called = false
  return (reason) => {
    if (called) return
    called = true
    fn(reason)
  }
}
