/**
 * One index, durably: a batch is a stored segment before it is applied. Many segments are folded into a
 * checkpoint in the background. All calls but `checkpoint` happen under the index's lock in `store.ts`.
 */
import { randomBytes } from 'node:crypto'
import type { Change, Collection, Item } from './collection.ts'
import { baseKey, type Manifest, segmentKey } from './manifest.ts'
import { encodeSegment } from './segment.ts'

/** Stores an object; rejects when it is not known to be stored. */
export type Put = (key: string, bytes: Buffer | string) => Promise<unknown>

export interface Checkpoint {
  readonly manifest: Manifest
  /** Keys that no longer count once the manifest is stored. */
  readonly obsolete: readonly string[]
}

/** A stored batch that is not yet in a checkpoint. */
export interface PendingBatch {
  readonly key: string
  /** 0 for a batch of an earlier epoch. */
  readonly seq: number
  /** Upserts and deletions in it. */
  readonly items: number
}

export class IndexLog {
  readonly name: string
  readonly collection: Collection
  #manifest: Manifest
  #nextSeq = 1
  #applied = 0
  #pending: PendingBatch[]
  /** Keys of segments that failed and that no stored segment declares void yet. */
  #voids: string[] = []

  /** @param pending batches among the manifest's segments that are not parts of a checkpoint */
  constructor(manifest: Manifest, collection: Collection, pending: readonly PendingBatch[] = []) {
    this.name = manifest.name
    this.#manifest = manifest
    this.collection = collection
    this.#pending = [...pending]
  }

  get manifest(): Manifest {
    return this.#manifest
  }

  /** Every object that holds items of the index. */
  get segmentKeys(): readonly string[] {
    return [...this.#manifest.segments, ...this.#recentKeys(Number.POSITIVE_INFINITY)]
  }

  /**
   * Whether a checkpoint pays: at least `batches` are pending, and either they hold a quarter as many items as the
   * index (so that rewriting it costs little beside them) or they are so many that a start would be slow.
   */
  isCheckpointDue(batches: number): boolean {
    const count = this.#pending.length
    if (count < batches) return false
    const items = this.#pending.reduce((sum, batch) => sum + batch.items, 0)
    return 4 * items >= this.collection.size || count >= 16 * batches
  }

  /** Stores the batch, then applies it. When it rejects, nothing is applied and nothing ever will be. */
  async append(change: Change, put: Put): Promise<void> {
    const seq = this.#nextSeq
    this.#nextSeq += 1
    const { name, generation, epoch, dimension } = this.#manifest
    const key = segmentKey(name, generation, epoch, seq)
    try {
      await put(key, encodeSegment({ ...change, voids: this.#voids }, dimension))
    } catch (error) {
      // It may have been stored all the same, or be stored yet: its key is never used again.
      this.#voids.push(key)
      throw error
    }
    this.#voids = []
    this.#pending.push({ key, seq, items: change.upserts.length + change.deletes.length })
    this.collection.apply(change)
    this.#applied = seq
  }

  /**
   * Stores all items as they are now, in parts of about `partBytes`, and returns the manifest that makes those
   * parts count. Batches may go on meanwhile; the caller stores the manifest under the lock, then `adopt`s it.
   */
  async prepareCheckpoint(put: Put, partBytes: number): Promise<Checkpoint> {
    const through = this.#applied
    const items = this.collection.list()
    const obsolete = [...this.#manifest.segments, ...this.#recentKeys(through)]
    const { name, generation, epoch, dimension } = this.#manifest
    // Random, so that parts of a checkpoint that failed are never mixed with those of the next.
    const attempt = randomBytes(4).toString('hex')
    const segments: string[] = []
    for (const upserts of splitItems(items, partBytes)) {
      const key = baseKey(name, generation, epoch, through, `${attempt}-${segments.length}`)
      await put(key, encodeSegment({ upserts, deletes: [], voids: [] }, dimension))
      segments.push(key)
    }
    return { manifest: { ...this.#manifest, through, segments }, obsolete }
  }

  /** Takes over the manifest of a checkpoint, now that it is stored. */
  adopt(manifest: Manifest): void {
    this.#manifest = manifest
    this.#pending = this.#pending.filter(({ seq }) => seq > manifest.through)
  }

  #recentKeys(through: number): string[] {
    return this.#pending.filter(({ seq }) => seq > 0 && seq <= through).map(({ key }) => key)
  }
}

function* splitItems(items: readonly Item[], partBytes: number): Generator<Item[]> {
  let part: Item[] = []
  let bytes = 0
  for (const item of items) {
    const size = item.vector.byteLength + item.id.length + JSON.stringify(item.metadata ?? null).length
    if (part.length > 0 && bytes + size > partBytes) {
      yield part
      part = []
      bytes = 0
    }
    part.push(item)
    bytes += size
  }
  if (part.length > 0) yield part
}
