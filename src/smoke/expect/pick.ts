/** Of a value, the part that an expectation speaks of: what to show beside it. */
import { isMatcher } from './matcher.ts'

const MAX_DEPTH = 6
const MAX_ITEMS = 30

/** The keys of objects that the expectation names, at any depth; everything else as it is. Bounded work. */
export function pickExpected(expected: unknown, actual: unknown, depth = 0): unknown {
  if (depth >= MAX_DEPTH || typeof expected !== 'object' || expected === null) return actual
  if (typeof actual !== 'object' || actual === null || isMatcher(expected)) return actual
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length > MAX_ITEMS) return actual
    return actual.map((item: unknown, i) => pickExpected(expected[i], item, depth + 1))
  }
  if (Array.isArray(actual) || Object.getPrototypeOf(expected) !== Object.prototype) return actual
  const keys = Object.keys(expected).slice(0, MAX_ITEMS)
  return Object.fromEntries(
    keys
      .filter((key) => Object.hasOwn(actual, key))
      .map((key) => [key, pickExpected(Reflect.get(expected, key), Reflect.get(actual, key), depth + 1)]),
  )
}
