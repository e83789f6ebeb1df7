/** The memory on disk: one change at a time is planned, appended and synced, applied, and only then answered. */
import type { TornLine } from '../kit/jsonl.ts'
import { createKeyedLock } from '../kit/keyed-lock.ts'
import { RecordLog } from '../kit/record-log.ts'
import { type Content, type Draft, type Entry, entrySchema, type Status, type Trace } from './entry.ts'
import { Memory, type Revision, type Update } from './memory.ts'
import { TextIndex } from './text-index.ts'

export interface Filter {
  /** All of them. */
  readonly tags?: readonly string[] | undefined
  /** Every key with exactly this value. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

export interface Search {
  /** Without it the filter alone decides, newest first. */
  readonly query?: string | undefined
  readonly k: number
  readonly filter?: Filter | undefined
}

export interface Stats {
  readonly traces: number
  readonly active: number
  readonly superseded: number
  readonly retired: number
  readonly replays: number
  readonly entries: number
  readonly torn: TornLine | null
}

function matches({ tags = [], metadata = {} }: Filter, trace: Trace): boolean {
  if (tags.some((tag) => !trace.tags.includes(tag))) return false
  return Object.entries(metadata).every(
    ([key, value]) => Object.hasOwn(trace.metadata, key) && trace.metadata[key] === value,
  )
}

export class TraceStore {
  readonly #log: RecordLog<typeof entrySchema>
  readonly #now: () => Date
  readonly #lock = createKeyedLock()
  readonly #memory = new Memory()
  readonly #text = new TextIndex()
  #seq = 0

  /** @param file path of the log; created, with its folder, when it is missing */
  constructor(file: string, now: () => Date = () => new Date()) {
    this.#log = new RecordLog(file, entrySchema)
    this.#now = now
  }

  get ready(): boolean {
    return this.#log.ready
  }

  /** What was found torn at the end of the log, if anything. */
  get torn(): TornLine | undefined {
    return this.#log.torn
  }

  /** Reads the log. Throws, naming file and line, when a line other than a torn last one cannot be true. */
  async open(): Promise<void> {
    await this.#log.open((entry, line) => {
      if (entry.seq !== line) throw new Error(`its seq is ${entry.seq}`)
      this.#apply(entry)
    })
  }

  async close(): Promise<void> {
    await this.#log.close()
  }

  /** `replayed`: it was known already. */
  async add(content: Content): Promise<{ trace: Trace; replayed: boolean }> {
    const entry = await this.#change(() => this.#memory.planAdd(content))
    return { trace: this.#memory.get(entry.id), replayed: entry.op === 'REPLAY' }
  }

  async update(id: string, update: Update): Promise<Trace> {
    await this.#change(() => this.#memory.planUpdate(id, update))
    return this.#memory.get(id)
  }

  async revise(id: string, revision: Revision): Promise<{ trace: Trace; successor: Trace }> {
    await this.#change(() => this.#memory.planRevise(id, revision))
    const trace = this.#memory.get(id)
    return { trace, successor: this.#memory.get(trace.superseded_by ?? id) }
  }

  /** Retiring a retired trace changes nothing. */
  async retire(id: string, reason?: string): Promise<Trace> {
    await this.#change(() => this.#memory.planRetire(id, reason))
    return this.#memory.get(id)
  }

  get(id: string): Trace {
    return this.#memory.get(id)
  }

  /** In order of creation, after the trace `after`. */
  list(options: { status?: Status | undefined; after?: string | undefined; limit: number }): Trace[] {
    const { status, after, limit } = options
    const all = [...this.#memory.list()]
    const start = after === undefined ? 0 : all.indexOf(this.get(after)) + 1
    return all
      .slice(start)
      .filter((trace) => status === undefined || trace.status === status)
      .slice(0, limit)
  }

  history(id: string): { lineage: string[]; events: Entry[] } {
    return { lineage: this.#memory.lineage(id), events: this.#memory.history(id) }
  }

  /** Active traces, best first; equal scores newest first. */
  search({ query, k, filter = {} }: Search): { trace: Trace; score: number }[] {
    const scores = query === undefined ? undefined : this.#text.score(query)
    return [...this.#memory.list()]
      .reverse()
      .map((trace) => ({ trace, score: scores?.get(trace.id) ?? 0 }))
      .filter(
        ({ trace, score }) =>
          trace.status === 'active' && (scores === undefined || score > 0) && matches(filter, trace),
      )
      .sort((a, b) => b.score - a.score)
      .slice(0, k)
  }

  stats(): Stats {
    const all = [...this.#memory.list()]
    const count = (status: Status) => all.filter((trace) => trace.status === status).length
    return {
      traces: all.length,
      active: count('active'),
      superseded: count('superseded'),
      retired: count('retired'),
      replays: all.reduce((sum, { replays }) => sum + replays, 0),
      entries: this.#seq,
      torn: this.torn ?? null,
    }
  }

  #apply(entry: Entry): void {
    for (const trace of this.#memory.apply(entry)) {
      if (trace.status === 'active') this.#text.set(trace.id, `${trace.content} ${trace.tags.join(' ')}`)
      else this.#text.delete(trace.id)
    }
    this.#seq = entry.seq
  }

  /** Plans against the state of its turn; an entry is applied only when it is synced. No draft: nothing to do. */
  #change(plan: () => Draft): Promise<Entry>
  #change(plan: () => Draft | undefined): Promise<Entry | undefined>
  #change(plan: () => Draft | undefined): Promise<Entry | undefined> {
    return this.#lock.run('log', async () => {
      const draft = plan()
      if (draft === undefined) return undefined
      const entry: Entry = { seq: this.#seq + 1, at: this.#now().toISOString(), ...draft }
      await this.#log.append(entry)
      this.#apply(entry)
      return entry
    })
  }
}
