import { describe, expect, it } from 'vitest'
import { decodeSegment, encodeSegment, type Segment } from './segment.ts'

const segment: Segment = {
  upserts: [
    { id: 'ä/1', vector: new Float32Array([1.5, -2]), metadata: { deep: { list: [1, null, 'x'] } } },
    { id: 'b', vector: new Float32Array([0.1, 1e-40]) },
  ],
  deletes: ['c'],
  voids: ['some/key'],
}

describe('a segment', () => {
  it('reads back as it was written, bit for bit', () =>
    expect(decodeSegment(encodeSegment(segment, 2), 'k', 2)).toEqual(segment))

  it('is refused, naming the key, whichever byte is damaged', () => {
    const bytes = encodeSegment(segment, 2)
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(() => decodeSegment(damaged, 'the-key', 2)).toThrow(/the-key is damaged/)
    }
  })

  it('is refused wherever it is cut off', () => {
    const bytes = encodeSegment(segment, 2)
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSegment(bytes.subarray(0, length), 'k', 2)).toThrow(/is damaged/)
    }
  })

  it('is refused for an index of another dimension', () =>
    expect(() => decodeSegment(encodeSegment(segment, 2), 'k', 3)).toThrow('2 dimensions, the index has 3'))
})
