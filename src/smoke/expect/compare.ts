/**
 * Compares a value with what is expected of it. Objects may have more keys than expected (a subset match, at any
 * depth); arrays must have exactly the expected items in order; matchers and regular expressions stand for values.
 */
import { isDeepStrictEqual } from 'node:util'
import { HOLLOW_DIFFERENCE, isHollow } from './hollow.ts'
import { type Difference, isMatcher } from './matcher.ts'
import { show } from './show.ts'

const UNDEFINED_EXPECTED =
  'an expected value that is undefined proves nothing: name the value, or write match.absent'

/** The differences between what was expected and what came, in reading order; empty when the expectation holds. */
export function compare(expected: unknown, actual: unknown, path = '$'): Difference[] {
  return compareValues(expected, actual, path, false)
}

/** As `compare`, but objects may not have keys that were not expected. */
export function compareExactly(expected: unknown, actual: unknown, path = '$'): Difference[] {
  return compareValues(expected, actual, path, true)
}

function compareValues(expected: unknown, actual: unknown, path: string, exact: boolean): Difference[] {
  if (isHollow(expected) || isHollow(actual)) return [{ path, ...HOLLOW_DIFFERENCE }]
  if (isMatcher(expected)) {
    return expected.check(actual, path, (e, a, p) => compareValues(e, a, p, exact))
  }
  if (expected === undefined) return [{ path, expected: UNDEFINED_EXPECTED, received: show(actual) }]
  if (expected instanceof RegExp) return compareRegExp(expected, actual, path)
  if (typeof expected === 'string' && typeof actual === 'string') return compareText(expected, actual, path)
  if (Array.isArray(expected)) return compareArrays(expected, actual, path, exact)
  if (isPlainObject(expected)) return compareObjects(expected, actual, path, exact)
  // -0 and 0 are the same number in JSON; NaN equals itself.
  const same = expected === actual || isDeepStrictEqual(expected, actual)
  return same ? [] : [{ path, expected: show(expected), received: show(actual) }]
}

function compareRegExp(expected: RegExp, actual: unknown, path: string): Difference[] {
  // A fresh copy: a `g` or `y` flag would carry state from one comparison to the next.
  const holds = typeof actual === 'string' && new RegExp(expected.source, expected.flags).test(actual)
  return holds ? [] : [{ path, expected: `text matching ${expected}`, received: show(actual) }]
}

/** Long texts are shown around their first difference. */
function compareText(expected: string, actual: string, path: string): Difference[] {
  if (expected === actual) return []
  if (Math.max(expected.length, actual.length) <= 120) {
    return [{ path, expected: show(expected), received: show(actual) }]
  }
  const at = firstDifference(expected, actual)
  const from = Math.max(0, at - 20)
  const excerpt = (text: string): string =>
    `${text.length} characters, from ${from}: ${from > 0 ? '…' : ''}${show(text.slice(from, from + 80))}`
  return [
    {
      path,
      expected: excerpt(expected),
      received: `${excerpt(actual)} (first difference at character ${at})`,
    },
  ]
}

/** Index of the first element in which two sequences differ; the shorter one's length when it is a prefix. */
export function firstDifference(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return i
  return length
}

function compareArrays(
  expected: readonly unknown[],
  actual: unknown,
  path: string,
  exact: boolean,
): Difference[] {
  if (!Array.isArray(actual)) return [{ path, expected: show(expected), received: show(actual) }]
  const differences: Difference[] = []
  if (actual.length !== expected.length) {
    differences.push({
      path,
      expected: `${countItems(expected)}: ${show(expected)}`,
      received: `${countItems(actual)}: ${show(actual)}`,
    })
  }
  const common = Math.min(actual.length, expected.length)
  for (let i = 0; i < common; i += 1) {
    differences.push(...compareValues(expected[i], actual[i], `${path}[${i}]`, exact))
  }
  return differences
}

const countItems = (items: readonly unknown[]): string =>
  `${items.length} item${items.length === 1 ? '' : 's'}`

function compareObjects(
  expected: Readonly<Record<string, unknown>>,
  actual: unknown,
  path: string,
  exact: boolean,
): Difference[] {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) {
    return [{ path, expected: show(expected), received: show(actual) }]
  }
  const differences: Difference[] = []
  for (const [key, value] of Object.entries(expected)) {
    const has = Object.hasOwn(actual, key)
    const at = `${path}${pathOf(key)}`
    const found = compareValues(value, has ? Reflect.get(actual, key) : undefined, at, exact)
    // When the whole key is missing, its siblings tell most about why.
    const hint = `nothing (keys here: ${Object.keys(actual).slice(0, 12).join(', ') || 'none'})`
    differences.push(...found.map((d) => (has || d.path !== at ? d : { ...d, received: hint })))
  }
  if (exact) {
    for (const key of Object.keys(actual)) {
      if (Object.hasOwn(expected, key)) continue
      differences.push({
        path: `${path}${pathOf(key)}`,
        expected: 'no such key',
        received: show(Reflect.get(actual, key)),
      })
    }
  }
  return differences
}

const pathOf = (key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
