/** All indexes: created, dropped and written one change at a time each, acknowledged only when stored. */
import { randomBytes } from 'node:crypto'
import { conflict, notFound } from '../kit/errors.ts'
import { createKeyedLock } from '../kit/keyed-lock.ts'
import { messageOf } from '../kit/message-of.ts'
import { Background } from './background.ts'
import { type Change, Collection, type Parameters } from './collection.ts'
import { buildGraph } from './indexing.ts'
import { Limiter } from './limiter.ts'
import { type Loaded, loadIndexes, type ObjectStore } from './load.ts'
import { IndexLog } from './log.ts'
import { type Manifest, manifestKey } from './manifest.ts'
import { toStorageFault } from './storage-fault.ts'

export interface StoreOptions {
  readonly objects: ObjectStore
  /** Batches of an index from which on they may be folded into a checkpoint. Default 64. */
  readonly checkpointAfter?: number
  /** Size of a checkpoint's parts; storaged takes 256 MiB at most. Default 32 MiB. */
  readonly partBytes?: number
  readonly exactBudget?: number
  /** Told about what went wrong in the background; nothing is lost by it. */
  readonly onProblem?: (message: string, error: unknown) => void
}

// storaged takes four uploads at once and refuses the fifth; others upload too.
const UPLOADS_AT_ONCE = 2

const sameParameters = (a: Parameters, b: Parameters): boolean =>
  a.dimension === b.dimension && a.metric === b.metric

export class VectorStore {
  readonly #options: StoreOptions
  readonly #objects: ObjectStore
  readonly #uploads = new Limiter(UPLOADS_AT_ONCE)
  readonly #locks = createKeyedLock()
  readonly #background: Background
  readonly #checkpointing = new Set<string>()
  readonly #indexing = new Set<Collection>()
  /** Indexes whose stored manifest is not known, because writing it failed without an answer. */
  readonly #doubtful = new Set<string>()
  #indexes = new Map<string, IndexLog>()
  #manifestKeys = new Map<string, string>()
  #epoch = 0
  #version = 0
  #ready = false
  #closing = false
  #notReadyReason = 'the indexes are being loaded'

  constructor(options: StoreOptions) {
    this.#options = options
    this.#objects = options.objects
    this.#background = new Background((message, error) => options.onProblem?.(message, error))
  }

  /** True once everything stored is loaded. */
  get ready(): boolean {
    return this.#ready
  }

  /** What is in the way while it is not ready. */
  get notReadyReason(): string {
    return this.#notReadyReason
  }

  /** Reads everything back from storaged. May be tried again after it failed. */
  async load(): Promise<void> {
    let loaded: Loaded
    try {
      loaded = await loadIndexes(this.#objects, (parameters) => this.#makeCollection(parameters))
    } catch (error) {
      this.#notReadyReason = messageOf(error)
      throw error
    }
    this.#epoch = loaded.epoch
    this.#version = loaded.version
    this.#indexes = new Map(loaded.indexes.map((index) => [index.name, index]))
    this.#manifestKeys = new Map(loaded.manifestKeys)
    this.#ready = true
    this.#background.start('removing objects that belong to nothing', () => this.#deleteAll(loaded.strays))
    for (const index of loaded.indexes) this.#afterChange(index)
  }

  /** Names and collections, in order of name. */
  list(): { name: string; collection: Collection }[] {
    const byName = [...this.#indexes.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    return byName.map(({ name, collection }) => ({ name, collection }))
  }

  /** The index's collection, or 404 `index_not_found`. */
  get(name: string): Collection {
    return this.#find(name).collection
  }

  /** True when it is new; false when it exists with these parameters; 409 `index_conflict` with others. */
  create(name: string, parameters: Parameters, requestId?: string): Promise<boolean> {
    return this.#locks.run(name, async () => {
      const existing = this.#indexes.get(name)
      if (existing !== undefined) {
        const { dimension, metric } = existing.collection.parameters
        if (sameParameters(existing.collection.parameters, parameters)) return false
        throw conflict(`the index "${name}" exists with dimension ${dimension} and metric ${metric}`, {
          code: 'index_conflict',
          details: { existing: { dimension, metric }, requested: parameters },
        })
      }
      const manifest: Manifest = {
        format: 1,
        name,
        ...parameters,
        generation: randomBytes(8).toString('hex'),
        epoch: this.#epoch,
        through: 0,
        segments: [],
        dropped: false,
      }
      await this.#putManifest(manifest, requestId)
      this.#indexes.set(name, new IndexLog(manifest, this.#makeCollection(parameters)))
      return true
    })
  }

  /** Removes the index with all its items; 404 `index_not_found`. Returns how many items it had. */
  drop(name: string, requestId?: string): Promise<number> {
    return this.#locks.run(name, async () => {
      const index = this.#find(name)
      try {
        await this.#putManifest({ ...index.manifest, dropped: true }, requestId)
      } catch (error) {
        this.#doubtful.add(name)
        throw error
      }
      this.#doubtful.delete(name)
      this.#indexes.delete(name)
      this.#background.start(`removing the objects of index ${name}`, () =>
        this.#deleteAll(index.segmentKeys),
      )
      return index.collection.size
    })
  }

  /**
   * Plans a change against the index as it is at its turn, stores it, applies it. An empty change stores nothing.
   * Rejects with 404, whatever `plan` throws, or 503 when it could not be stored (then nothing is applied).
   */
  write<T>(
    name: string,
    plan: (collection: Collection) => { change: Change; answer: () => T },
    requestId?: string,
  ): Promise<T> {
    return this.#locks.run(name, async () => {
      const index = this.#find(name)
      const { change, answer } = plan(index.collection)
      if (change.upserts.length + change.deletes.length === 0) return answer()
      if (this.#doubtful.has(name)) {
        // A failed deletion may have been stored; the batch must not go to an index that is gone on a restart.
        await this.#putManifest(index.manifest, requestId)
        this.#doubtful.delete(name)
      }
      await index.append(change, (key, bytes) => this.#put(key, bytes, requestId))
      this.#afterChange(index)
      return answer()
    })
  }

  /** Waits for what goes on in the background. */
  settle(): Promise<void> {
    return this.#background.settle()
  }

  /** As `settle`, but ends what need not be finished. */
  async close(): Promise<void> {
    this.#closing = true
    await this.settle()
  }

  #find(name: string): IndexLog {
    const index = this.#indexes.get(name)
    if (index === undefined) {
      throw notFound(`no index "${name}"`, { code: 'index_not_found', details: { index: name } })
    }
    return index
  }

  #makeCollection(parameters: Parameters): Collection {
    return new Collection(parameters, this.#options.exactBudget)
  }

  #put(key: string, bytes: Buffer | string, requestId?: string): Promise<unknown> {
    const options = requestId === undefined ? {} : { requestId }
    return this.#uploads.run(async () => {
      try {
        return await this.#objects.put(key, bytes, options)
      } catch (error) {
        throw toStorageFault(error)
      }
    })
  }

  async #putManifest(manifest: Manifest, requestId?: string): Promise<void> {
    const { name } = manifest
    this.#version += 1
    const key = manifestKey(name, this.#epoch, this.#version)
    await this.#put(key, JSON.stringify(manifest), requestId)
    const previous = this.#manifestKeys.get(name)
    this.#manifestKeys.set(name, key)
    if (previous !== undefined) {
      this.#background.start(`removing an older manifest of ${name}`, () => this.#deleteAll([previous]))
    }
  }

  #checkpointIfDue(index: IndexLog): void {
    const { name } = index
    if (this.#checkpointing.has(name) || !index.isCheckpointDue(this.#options.checkpointAfter ?? 64)) return
    this.#checkpointing.add(name)
    this.#background.start(`writing a checkpoint of index ${name}`, async () => {
      try {
        await this.#checkpoint(index)
      } finally {
        this.#checkpointing.delete(name)
      }
    })
  }

  #afterChange(index: IndexLog): void {
    this.#checkpointIfDue(index)
    const { name, collection } = index
    if (!collection.needsIndexing || this.#indexing.has(collection)) return
    this.#indexing.add(collection)
    this.#background.start(`indexing ${name}`, async () => {
      try {
        await buildGraph(collection, () => !this.#closing && this.#indexes.get(name) === index)
      } finally {
        this.#indexing.delete(collection)
      }
    })
  }

  async #checkpoint(index: IndexLog): Promise<void> {
    const put = (key: string, bytes: Buffer | string) => this.#put(key, bytes)
    const { manifest, obsolete } = await index.prepareCheckpoint(put, this.#options.partBytes ?? 32 * 2 ** 20)
    const useless = await this.#locks.run(index.name, async () => {
      // Dropped meanwhile: nobody needs the parts.
      if (this.#indexes.get(index.name) !== index) return manifest.segments
      await this.#putManifest(manifest)
      index.adopt(manifest)
      return obsolete
    })
    await this.#deleteAll(useless)
  }

  async #deleteAll(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#objects.delete(key)
  }
}
