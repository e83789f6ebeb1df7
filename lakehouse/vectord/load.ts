/** Reads all indexes back from storaged at start, and fences off what a killed process may still have in flight. */
import { unavailable } from '../kit/errors.ts'
import type { Collection, Parameters } from './collection.ts'
import { Limiter } from './limiter.ts'
import { IndexLog, type PendingBatch } from './log.ts'
import {
  decodeEpoch,
  decodeManifest,
  EPOCH_KEY,
  epochOf,
  MANIFESTS,
  type Manifest,
  manifestKey,
  parseSegmentKey,
  SEGMENTS,
  segmentFolder,
  selectSegments,
} from './manifest.ts'
import { DamagedError, decodeSegment } from './segment.ts'

/** What vectord needs of storaged; `kit/objects.ts` provides it. */
export interface ObjectStore {
  put(key: string, bytes: string | Uint8Array, options?: { readonly requestId?: string }): Promise<unknown>
  get(key: string): Promise<Buffer | undefined>
  delete(key: string): Promise<boolean>
  list(prefix: string): AsyncIterable<{ readonly key: string }>
}

export interface Loaded {
  readonly epoch: number
  /** The last manifest version used in this epoch. */
  readonly version: number
  readonly indexes: readonly IndexLog[]
  /** Key of the stored manifest of each index. */
  readonly manifestKeys: ReadonlyMap<string, string>
  /** Objects that belong to nothing: strays, dropped indexes, older manifests. */
  readonly strays: readonly string[]
}

const READS_AT_ONCE = 4

async function listKeys(objects: ObjectStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(objects.list(prefix))).map(({ key }) => key)
}

async function fetchObject(objects: ObjectStore, key: string): Promise<Buffer> {
  const bytes = await objects.get(key)
  if (bytes === undefined) throw new DamagedError(key, 'it is missing')
  return bytes
}

/** Each start is a new epoch, above every one that ever wrote anything. */
async function claimEpoch(objects: ObjectStore, keys: readonly string[]): Promise<number> {
  const stored = await objects.get(EPOCH_KEY)
  const last = stored === undefined ? 0 : decodeEpoch(stored)
  const epoch = 1 + keys.reduce((highest, key) => Math.max(highest, epochOf(key)), last)
  await objects.put(EPOCH_KEY, JSON.stringify({ epoch }))
  return epoch
}

/** Reads the given segments into `collection`; returns those that count. */
async function readSegments(
  objects: ObjectStore,
  keys: readonly string[],
  collection: Collection,
): Promise<{ segments: string[]; pending: PendingBatch[] }> {
  const { dimension } = collection.parameters
  const reads = new Limiter(READS_AT_ONCE)
  const read = async (key: string) => ({
    key,
    segment: decodeSegment(await fetchObject(objects, key), key, dimension),
  })
  const found = await Promise.all(keys.map((key) => reads.run(() => read(key))))
  const voids = new Set(found.flatMap(({ segment }) => segment.voids))
  const valid = found.filter(({ key }) => !voids.has(key))
  for (const { segment } of valid) collection.apply(segment)
  const pending = valid
    .filter(({ key }) => parseSegmentKey(key) !== undefined)
    .map(({ key, segment }) => ({ key, seq: 0, items: segment.upserts.length + segment.deletes.length }))
  return { segments: valid.map(({ key }) => key), pending }
}

/** The newest manifest of each index, by name. Keys of one name are in order of version. */
async function readManifests(
  objects: ObjectStore,
  keys: readonly string[],
): Promise<Map<string, { key: string; manifest: Manifest }>> {
  const newest = new Map<string, string>()
  for (const key of keys) newest.set(key.slice(MANIFESTS.length, key.lastIndexOf('/')), key)
  const manifests = new Map<string, { key: string; manifest: Manifest }>()
  for (const [name, key] of newest) {
    const bytes = await objects.get(key)
    // A deletion that a killed process had sent may still land; the next try lists anew.
    if (bytes === undefined) throw unavailable(`the object ${key} went away between listing and reading it`)
    manifests.set(name, { key, manifest: decodeManifest(bytes, key) })
  }
  return manifests
}

/**
 * Loads every index. Each is given a manifest of the new epoch that lists the segments seen now: what a killed
 * process still had in flight, and nobody was told to be stored, does not count when it lands later.
 * Throws {@link DamagedError}, or the storage's own fault.
 */
export async function loadIndexes(
  objects: ObjectStore,
  create: (parameters: Parameters) => Collection,
): Promise<Loaded> {
  const manifestKeys = (await listKeys(objects, MANIFESTS)).sort()
  const segmentKeys = await listKeys(objects, SEGMENTS)
  const epoch = await claimEpoch(objects, [...manifestKeys, ...segmentKeys])
  const indexes: IndexLog[] = []
  const current = new Map<string, string>()
  const used = new Set<string>()
  let version = 0
  for (const [name, { manifest }] of await readManifests(objects, manifestKeys)) {
    if (manifest.dropped) continue
    const folder = segmentFolder(name, manifest.generation)
    const own = segmentKeys.filter((key) => key.startsWith(folder))
    const collection = create({ dimension: manifest.dimension, metric: manifest.metric })
    const { segments, pending } = await readSegments(objects, selectSegments(manifest, own), collection)
    const fenced: Manifest = { ...manifest, epoch, through: 0, segments }
    version += 1
    const key = manifestKey(name, epoch, version)
    await objects.put(key, JSON.stringify(fenced))
    indexes.push(new IndexLog(fenced, collection, pending))
    current.set(name, key)
    for (const segment of segments) used.add(segment)
  }
  const strays = [...manifestKeys, ...segmentKeys.filter((key) => !used.has(key))]
  return { epoch, version, indexes, manifestKeys: current, strays }
}
