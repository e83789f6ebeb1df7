/** The events on disk: ordered by sequence, each id once, acknowledged when synced. */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { conflict } from '../kit/errors.ts'
import type { TornLine } from '../kit/jsonl.ts'
import { RecordLog } from '../kit/record-log.ts'
import { type Draft, type EventRecord, recordSchema } from './event.ts'

export interface Recorded {
  readonly event: EventRecord
  /** The same event, under this id, was there already. */
  readonly duplicate: boolean
}

export interface EventFilter {
  /** Only events with a higher sequence number. */
  readonly after: number
  readonly kind?: string | undefined
  readonly source?: string | undefined
}

const isSame = (a: EventRecord, b: EventRecord): boolean =>
  a.kind === b.kind && a.source === b.source && a.at === b.at && isDeepStrictEqual(a.payload, b.payload)

export class EventStore {
  readonly #log: RecordLog<typeof recordSchema>
  readonly #now: () => Date
  /** Synced, in order. */
  readonly #events: EventRecord[] = []
  /** Synced or on their way to the disk; `synced` settles with that. */
  readonly #byId = new Map<string, { event: EventRecord; synced: Promise<void> }>()
  #seq = 0

  /** @param file path of the log; created, with its folder, when it is missing */
  constructor(file: string, now: () => Date = () => new Date()) {
    this.#log = new RecordLog(file, recordSchema)
    this.#now = now
  }

  get ready(): boolean {
    return this.#log.ready
  }

  /** What was found torn at the end of the log, if anything. */
  get torn(): TornLine | undefined {
    return this.#log.torn
  }

  /** Every event, in order. */
  get events(): readonly EventRecord[] {
    return this.#events
  }

  /** Reads the log. Throws, naming file and line, when a line other than a torn last one cannot be true. */
  async open(): Promise<void> {
    await this.#log.open((event) => this.#load(event))
  }

  async close(): Promise<void> {
    await this.#log.close()
  }

  /**
   * Stores all of them or none, in order; resolves once they are synced. 409 `event_conflict` when an id has
   * another content already; 503 `storage_unavailable` when the log cannot be written.
   */
  async record(drafts: readonly Draft[]): Promise<Recorded[]> {
    this.#log.requireOpen()
    const planned = this.#plan(drafts)
    const fresh = planned.filter(({ duplicate }) => !duplicate).map(({ event }) => event)
    if (fresh.length > 0) this.#append(fresh)
    // A duplicate is acknowledged when its first is on disk, and fails with it.
    await Promise.all(planned.map(({ event }) => this.#byId.get(event.id)?.synced))
    return planned
  }

  /** The event with this id, once it is synced. */
  find(id: string): EventRecord | undefined {
    const event = this.#byId.get(id)?.event
    return event !== undefined && event.seq <= (this.#events.at(-1)?.seq ?? 0) ? event : undefined
  }

  /** In order of sequence, at most `limit`. */
  list({ after, kind, source }: EventFilter, limit: number): EventRecord[] {
    const found: EventRecord[] = []
    for (let n = this.#findAfter(after); n < this.#events.length && found.length < limit; n += 1) {
      const event = this.#events[n]
      if (event === undefined) break
      if ((kind ?? event.kind) === event.kind && (source ?? event.source) === event.source) found.push(event)
    }
    return found
  }

  /** Index of the first event whose sequence number is higher. Numbers rise, though a failed write leaves gaps. */
  #findAfter(seq: number): number {
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return low
  }

  #load(event: EventRecord): void {
    if (event.seq <= this.#seq) throw new Error(`its seq is ${event.seq} after ${this.#seq}`)
    if (this.#byId.has(event.id)) throw new Error(`the id "${event.id}" is there twice`)
    this.#seq = event.seq
    this.#byId.set(event.id, { event, synced: Promise.resolve() })
    this.#events.push(event)
  }

  #plan(drafts: readonly Draft[]): Recorded[] {
    const recordedAt = this.#now().toISOString()
    const planned = new Map<string, EventRecord>()
    return drafts.map((draft) => {
      const { id = randomUUID(), kind, source, at } = draft
      // As it will be read back after a restart: -0 becomes 0, an absent payload null.
      const payload: unknown = JSON.parse(JSON.stringify(draft.payload ?? null))
      const seq = this.#seq + planned.size + 1
      const event = {
        seq,
        id,
        kind,
        source,
        payload,
        ...(at === undefined ? {} : { at }),
        recorded_at: recordedAt,
      }
      const known = this.#byId.get(id)?.event ?? planned.get(id)
      if (known === undefined) {
        planned.set(id, event)
        return { event, duplicate: false }
      }
      if (isSame(known, event)) return { event: known, duplicate: true }
      throw conflict(`the id "${id}" belongs to another event`, {
        code: 'event_conflict',
        details: { id, ...(this.#byId.has(id) ? { seq: known.seq } : {}) },
      })
    })
  }

  /** Takes numbers and ids at once, so that concurrent callers see them; gives the ids back when the write fails. */
  #append(fresh: readonly EventRecord[]): void {
    this.#seq = fresh.at(-1)?.seq ?? this.#seq
    const synced = this.#log.append(...fresh).then(
      () => {
        this.#events.push(...fresh)
      },
      (error: unknown) => {
        for (const { id } of fresh) this.#byId.delete(id)
        throw error
      },
    )
    for (const event of fresh) this.#byId.set(event.id, { event, synced })
  }
}
