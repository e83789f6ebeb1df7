/** Does a JSON answer hold what is expected? Objects may hold more than is asked for, arrays may not. */
import type { Json } from '../stack/types.ts'

/** Every field of an expected object must be there and match; arrays match item by item; the rest must be equal. */
export function matchesJson(expected: Json, received: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(received) &&
      received.length === expected.length &&
      expected.every((item, i) => matchesJson(item, received[i]))
    )
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof received !== 'object' || received === null || Array.isArray(received)) return false
    const fields = new Map(Object.entries(received))
    return Object.entries(expected).every(
      ([key, value]) => fields.has(key) && matchesJson(value, fields.get(key)),
    )
  }
  return expected === received
}

/** JSON text of a value, or a word for what has none. Never throws. */
export function showJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)) ??
    String(value)
  )
}
