/** The playbook records on disk: appended and synced before they count. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { notFound } from '../kit/errors.ts'
import type { TornLine } from '../kit/jsonl.ts'
import { RecordLog } from '../kit/record-log.ts'
import type { Playbook } from './playbook.ts'
import { decodeVector, encodeVector } from './vector.ts'

const lineSchema = z.strictObject({
  id: z.string(),
  query: z.string(),
  item: z.strictObject({ corpus: z.string(), id: z.string() }),
  outcome: z.enum(['success', 'failure']),
  note: z.string().nullable(),
  at: z.string(),
  model: z.string(),
  vector: z.string().transform((text, context) => {
    const vector = decodeVector(text)
    if (vector !== undefined) return vector
    context.addIssue({ code: 'custom', message: 'is no vector' })
    return z.NEVER
  }),
})

export class PlaybookStore {
  readonly #log: RecordLog<typeof lineSchema>
  readonly #now: () => Date
  readonly #playbooks = new Map<string, Playbook>()

  /** @param file path of the log; created, with its folder, when it is missing */
  constructor(file: string, now: () => Date = () => new Date()) {
    this.#log = new RecordLog(file, lineSchema)
    this.#now = now
  }

  get ready(): boolean {
    return this.#log.ready
  }

  /** What was found torn at the end of the log, if anything. */
  get torn(): TornLine | undefined {
    return this.#log.torn
  }

  /** Reads the log. Throws, naming file and line, when a line other than a torn last one is no record. */
  async open(): Promise<void> {
    await this.#log.open((playbook) => void this.#playbooks.set(playbook.id, playbook))
  }

  async close(): Promise<void> {
    await this.#log.close()
  }

  /** Resolves once the record is synced; 503 `storage_unavailable` when it cannot be. */
  async record(given: Omit<Playbook, 'id' | 'at'>): Promise<Playbook> {
    const playbook: Playbook = { id: `pb-${randomUUID()}`, at: this.#now().toISOString(), ...given }
    await this.#log.append({ ...playbook, vector: encodeVector(playbook.vector) })
    this.#playbooks.set(playbook.id, playbook)
    return playbook
  }

  /** Or 404 `playbook_not_found`. */
  get(id: string): Playbook {
    const playbook = this.#playbooks.get(id)
    if (playbook === undefined) {
      throw notFound(`no playbook "${id}"`, { code: 'playbook_not_found', details: { id } })
    }
    return playbook
  }

  /** In order of recording. */
  list(): Playbook[] {
    return [...this.#playbooks.values()]
  }
}
