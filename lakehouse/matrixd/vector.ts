/** Small vector arithmetic, and the stored form of a vector. */

/** The cosine in [-1, 1]; 0 when either vector has no direction or the dimensions differ. */
export function computeCosine(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return 0
  let dot = 0
  let aa = 0
  let bb = 0
  for (let n = 0; n < a.length; n += 1) {
    const x = a[n] ?? 0
    const y = b[n] ?? 0
    dot += x * y
    aa += x * x
    bb += y * y
  }
  if (aa === 0 || bb === 0) return 0
  return Math.max(-1, Math.min(1, dot / Math.sqrt(aa * bb)))
}

/** Base64 of 32-bit little-endian floats: a third of the size of JSON numbers. */
export function encodeVector(vector: readonly number[]): string {
  const bytes = Buffer.alloc(4 * vector.length)
  for (const [n, component] of vector.entries()) bytes.writeFloatLE(component, 4 * n)
  return bytes.toString('base64')
}

/** Reads what `encodeVector` wrote; undefined when the text cannot be that. */
export function decodeVector(text: string): number[] | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  const vector = Array.from({ length: bytes.length / 4 }, (_, n) => bytes.readFloatLE(4 * n))
  return vector.every(Number.isFinite) ? vector : undefined
}
