/**
 * The stored form of one batch: magic, SHA-256 of all that follows, length of the header (32 bits, little-endian),
 * header (JSON), then the vectors as 32-bit little-endian floats, in the order of the header's items.
 */
import { createHash } from 'node:crypto'
import { endianness } from 'node:os'
import { z } from 'zod'
import { describeIssues } from '../kit/issues.ts'
import type { Change, Item } from './collection.ts'

const MAGIC = 'VSEG1\n'
const DIGEST_BYTES = 32
const HEAD_BYTES = MAGIC.length + DIGEST_BYTES + 4

function describeReason(reason: unknown): string {
  if (reason instanceof z.ZodError) return describeIssues(reason)
  return reason instanceof Error ? reason.message : String(reason)
}

/** A stored object that is not what was stored. */
export class DamagedError extends Error {
  constructor(key: string, reason: unknown) {
    super(`the object ${key} is damaged: ${describeReason(reason)}`)
    this.name = 'DamagedError'
  }
}

export interface Segment extends Change {
  /** Keys of segments whose writes failed: should one of them exist after all, it does not count. */
  readonly voids: readonly string[]
}

const headerSchema = z.strictObject({
  dimension: z.int().positive(),
  items: z.array(z.strictObject({ id: z.string(), metadata: z.looseObject({}).optional() })),
  deletes: z.array(z.string()),
  voids: z.array(z.string()),
})

const toBytes = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)

/** Bytes to store. All vectors have `dimension` components. */
export function encodeSegment(segment: Segment, dimension: number): Buffer {
  if (endianness() !== 'LE') throw new Error('segments can only be written on a little-endian machine')
  const items = segment.upserts.map(({ id, metadata }) => ({ id, metadata }))
  const header = Buffer.from(
    JSON.stringify({ dimension, items, deletes: segment.deletes, voids: segment.voids }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const body = Buffer.concat([length, header, ...segment.upserts.map(({ vector }) => toBytes(vector))])
  return Buffer.concat([Buffer.from(MAGIC), createHash('sha256').update(body).digest(), body])
}

function readHeader(text: string, key: string): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new DamagedError(key, error)
  }
}

/** Reads what `encodeSegment` wrote. Throws {@link DamagedError} naming the key. */
export function decodeSegment(bytes: Buffer, key: string, dimension: number): Segment {
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new DamagedError(key, 'it is no vector segment')
  }
  const body = bytes.subarray(MAGIC.length + DIGEST_BYTES)
  const digest = bytes.subarray(MAGIC.length, MAGIC.length + DIGEST_BYTES)
  if (!createHash('sha256').update(body).digest().equals(digest)) {
    throw new DamagedError(key, 'its checksum does not match')
  }
  const vectorsAt = 4 + body.readUInt32LE(0)
  const header = readHeader(body.toString('utf8', 4, vectorsAt), key)
  if (header.dimension !== dimension) {
    throw new DamagedError(key, `its vectors have ${header.dimension} dimensions, the index has ${dimension}`)
  }
  const size = 4 * dimension
  const upserts = header.items.map(({ id, metadata }, n): Item => {
    // A copy: aligned, and not holding the whole object in memory.
    const raw = Uint8Array.from(body.subarray(vectorsAt + n * size, vectorsAt + (n + 1) * size))
    return { id, vector: new Float32Array(raw.buffer), ...(metadata === undefined ? {} : { metadata }) }
  })
  return { upserts, deletes: header.deletes, voids: header.voids }
}
