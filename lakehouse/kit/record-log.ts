/** A daemon's records on disk: read and checked line by line at the start, from then on appended and synced. */
import type { z } from 'zod'
import { unavailable } from './errors.ts'
import { describeIssues } from './issues.ts'
import { type Jsonl, openJsonl, type TornLine } from './jsonl.ts'
import { messageOf } from './message-of.ts'

export class RecordLog<Schema extends z.ZodType> {
  readonly #file: string
  readonly #schema: Schema
  #log: Jsonl | undefined

  /**
   * @param file created, with its folder, when it is missing
   * @param schema of a line
   */
  constructor(file: string, schema: Schema) {
    this.#file = file
    this.#schema = schema
  }

  /** Every line has been read. */
  get ready(): boolean {
    return this.#log !== undefined
  }

  /** What was found torn at the end, if anything. */
  get torn(): TornLine | undefined {
    return this.#log?.torn
  }

  /**
   * Reads the log; `take` gets each record with its line, counted from 1, and throws for one that cannot be true.
   * Throws, naming file and line, when a line other than a torn last one is refused.
   */
  async open(take: (record: z.output<Schema>, line: number) => void): Promise<void> {
    const log = await openJsonl(this.#file)
    try {
      for (const [n, raw] of log.entries.entries()) this.#read(raw, n + 1, take)
    } catch (error) {
      await log.close()
      throw error
    }
    this.#log = log
  }

  /** 503 `starting` until it has been read. */
  requireOpen(): Jsonl {
    if (this.#log === undefined) throw unavailable('the log is not open', { code: 'starting' })
    return this.#log
  }

  /** Resolves once all values are on disk, in order and adjacent; 503 `storage_unavailable` when they cannot be. */
  async append(...values: readonly unknown[]): Promise<void> {
    const log = this.requireOpen()
    try {
      await log.append(...values)
    } catch (error) {
      throw unavailable(`not stored: ${messageOf(error)}`, { code: 'storage_unavailable', cause: error })
    }
  }

  async close(): Promise<void> {
    await this.#log?.close()
  }

  #read(raw: unknown, line: number, take: (record: z.output<Schema>, line: number) => void): void {
    const at = `${this.#file}:${line}`
    const parsed = this.#schema.safeParse(raw)
    if (!parsed.success) throw new Error(`${at}: ${describeIssues(parsed.error)}`)
    try {
      take(parsed.data, line)
    } catch (error) {
      throw new Error(`${at}: ${messageOf(error)}`, { cause: error })
    }
  }
}

/** What a daemon's store must offer to be loaded at its start. */
interface Loadable {
  readonly torn: TornLine | undefined
  open(): Promise<void>
}

/** What of Fastify's logger is used here. */
interface Logger {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

/** Opens the store, and tells what was torn and how much was loaded. */
export async function loadStore(store: Loadable, log: Logger, countLoaded: () => object): Promise<void> {
  await store.open()
  if (store.torn !== undefined) log.warn({ torn: store.torn }, 'the last line was torn and is set aside')
  log.info(countLoaded(), 'loaded')
}
