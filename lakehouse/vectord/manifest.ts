/**
 * Where things are in storaged. An index is its newest manifest; the manifest tells which segments count. Every
 * manifest is written under a new, higher version, so that a write that lands late can never win over a later one.
 */
import { z } from 'zod'
import { METRICS } from './distance.ts'
import { DamagedError } from './segment.ts'

export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export const EPOCH_KEY = 'vectord/epoch.json'
export const MANIFESTS = 'vectord/manifests/'
export const SEGMENTS = 'vectord/segments/'

/**
 * Valid segments, in order: `segments`, then those that were written in `epoch` with a sequence number above
 * `through`. Segments of other epochs that are not listed are strays of a process that was killed.
 */
const manifestSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(NAME_PATTERN),
  dimension: z.int().positive(),
  metric: z.enum(METRICS),
  /** Tells an index from a dropped one of the same name. */
  generation: z.string().regex(/^[0-9a-f]{16}$/),
  /** Counts the starts of the daemon. */
  epoch: z.int().positive(),
  through: z.int().nonnegative(),
  segments: z.array(z.string()),
  /** A tombstone: the index does not exist. */
  dropped: z.boolean(),
})
export type Manifest = z.infer<typeof manifestSchema>

function decode<T>(schema: z.ZodType<T>, bytes: Buffer, key: string): T {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new DamagedError(key, error)
  }
}

/** Throws {@link DamagedError} naming the key, as does {@link decodeEpoch}. */
export function decodeManifest(bytes: Buffer, key: string): Manifest {
  return decode(manifestSchema, bytes, key)
}

export function decodeEpoch(bytes: Buffer): number {
  return decode(z.strictObject({ epoch: z.int().nonnegative() }), bytes, EPOCH_KEY).epoch
}

// Fixed width: the order of keys is the order of numbers.
const pad = (n: number): string => String(n).padStart(10, '0')

export function manifestKey(name: string, epoch: number, version: number): string {
  return `${MANIFESTS}${name}/${pad(epoch)}-${pad(version)}.json`
}

export function segmentFolder(name: string, generation: string): string {
  return `${SEGMENTS}${name}/${generation}/`
}

export function segmentKey(name: string, generation: string, epoch: number, seq: number): string {
  return `${segmentFolder(name, generation)}${pad(epoch)}-${pad(seq)}`
}

/** A part of a checkpoint: all items as they stood after `through`. */
export function baseKey(
  name: string,
  generation: string,
  epoch: number,
  through: number,
  part: string,
): string {
  return `${segmentFolder(name, generation)}base-${pad(epoch)}-${pad(through)}-${part}`
}

/** Epoch and sequence number of a batch's segment; undefined for parts of a checkpoint. */
export function parseSegmentKey(key: string): { epoch: number; seq: number } | undefined {
  const match = /\/(\d{10})-(\d{10})$/.exec(key)
  return match === null ? undefined : { epoch: Number(match[1]), seq: Number(match[2]) }
}

/** The highest epoch that any key tells of. */
export function epochOf(key: string): number {
  return Number(/\/(?:base-)?(\d{10})-\d{10}[^/]*$/.exec(key)?.[1] ?? 0)
}

/** Of all segment keys of one index, those that count, in the order they are applied. */
export function selectSegments(manifest: Manifest, keys: readonly string[]): string[] {
  const later = keys.filter((key) => {
    const id = parseSegmentKey(key)
    return id !== undefined && id.epoch === manifest.epoch && id.seq > manifest.through
  })
  return [...manifest.segments, ...later.sort()]
}
