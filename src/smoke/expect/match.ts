/** The matchers: `match.string()`, `match.approx(3.14, 0.01)`, … Usable wherever an expected value is. */

import { compare, compareExactly } from './compare.ts'
import { type Compare, createMatcher, type Difference, isMatcher, type Matcher } from './matcher.ts'
import type { Received } from './received.ts'
import { show } from './show.ts'

const TYPES = {
  string: (v: unknown) => typeof v === 'string',
  number: (v: unknown) => typeof v === 'number',
  integer: (v: unknown) => Number.isInteger(v) || typeof v === 'bigint',
  boolean: (v: unknown) => typeof v === 'boolean',
  null: (v: unknown) => v === null,
  array: (v: unknown) => Array.isArray(v),
  object: (v: unknown) => typeof v === 'object' && v !== null && !Array.isArray(v),
} as const

interface TypeOf {
  string: string
  number: number
  integer: number
  boolean: boolean
  null: null
  array: readonly unknown[]
  object: Readonly<Record<string, unknown>>
}

/** A matcher that is a plain yes or no. */
function simple<T>(text: string, holds: (actual: unknown) => boolean): Matcher<T> {
  return createMatcher<T>(
    () => text,
    (actual, path) => (holds(actual) ? [] : [{ path, expected: text, received: show(actual) }]),
  )
}

function string(pattern?: RegExp): Matcher<string> {
  if (pattern === undefined) return simple('a string', (v) => typeof v === 'string')
  return createMatcher<string>(
    () => `text matching ${pattern}`,
    (actual, path) => compare(pattern, actual, path),
  )
}

function number(o: { min?: number; max?: number; integer?: boolean } = {}): Matcher<number> {
  const bounds = [
    ...(o.min === undefined ? [] : [`≥ ${o.min}`]),
    ...(o.max === undefined ? [] : [`≤ ${o.max}`]),
  ]
  const text = [o.integer ? 'an integer' : 'a number', bounds.join(' and ')].filter((t) => t !== '').join(' ')
  return simple(text, (v) => {
    if (typeof v !== 'number' || Number.isNaN(v)) return false
    return (o.integer !== true || Number.isInteger(v)) && v >= (o.min ?? v) && v <= (o.max ?? v)
  })
}

/** A number no further than `epsilon` from `value`. */
function approx(value: number, epsilon: number): Matcher<number> {
  return simple(`${value} ± ${epsilon}`, (v) => typeof v === 'number' && Math.abs(v - value) <= epsilon)
}

/** An array that holds all of these items, in any order, among others; or a string that holds all of these texts. */
function includes(...items: readonly unknown[]): Matcher<readonly unknown[]> {
  if (items.length === 0) throw new TypeError('match.includes() needs at least one item')
  const text = (): string => `something that includes ${items.map((item) => show(item)).join(', ')}`
  return createMatcher(text, (actual, path, compareItem) => {
    const missing = findMissing(items, actual, compareItem)
    return missing.map((item) => ({ path, expected: `to include ${show(item)}`, received: show(actual) }))
  })
}

/** The expected items left over when each has taken an item of its own (augmenting paths, so no order misleads). */
function findMissing(items: readonly unknown[], actual: unknown, compareItem: Compare): readonly unknown[] {
  if (typeof actual === 'string') {
    return items.filter((item) => typeof item !== 'string' || !actual.includes(item))
  }
  if (!Array.isArray(actual)) return items
  const takenBy = new Map<number, number>()
  const place = (item: number, tried: Set<number>): boolean => {
    for (let i = 0; i < actual.length; i += 1) {
      if (tried.has(i) || compareItem(items[item], actual[i], '$').length > 0) continue
      tried.add(i)
      const holder = takenBy.get(i)
      if (holder === undefined || place(holder, tried)) {
        takenBy.set(i, item)
        return true
      }
    }
    return false
  }
  return items.filter((_, item) => !place(item, new Set()))
}

/** An array whose every item matches. An empty one holds only with `{ min: 0 }`: it would prove nothing. */
function arrayOf<const E>(item: E, o: { min?: number } = {}): Matcher<readonly Received<E>[]> {
  const min = o.min ?? 1
  const text = (): string => `an array (at least ${min}) of ${show(item)}`
  return createMatcher(text, (actual, path, compareItem) => {
    if (!Array.isArray(actual) || actual.length < min) {
      return [{ path, expected: text(), received: show(actual) }]
    }
    return actual.flatMap((value: unknown, i) => compareItem(item, value, `${path}[${i}]`))
  })
}

/** An array, string or byte array of this length; the length may itself be a matcher. */
function length(expected: number | Matcher<number>): Matcher<{ readonly length: number }> {
  const text = (): string => `length ${show(expected)}`
  return createMatcher(text, (actual, path, compareItem) => {
    const has = typeof actual === 'string' || Array.isArray(actual) || actual instanceof Uint8Array
    if (!has) return [{ path, expected: text(), received: show(actual) }]
    return compareItem(expected, actual.length, `${path}.length`).map((d) => ({
      ...d,
      received: `${d.received}: ${show(actual)}`,
    }))
  })
}

/** Anything present that does not match. */
function not(expected: unknown): Matcher {
  const text = (): string => `anything but ${show(expected)}`
  return createMatcher(text, (actual, path, compareItem) => {
    const holds = actual !== undefined && compareItem(expected, actual, path).length > 0
    return holds ? [] : [{ path, expected: text(), received: show(actual) }]
  })
}

/** Any one of these. */
function oneOf<const E extends readonly unknown[]>(...options: E): Matcher<Received<E[number]>> {
  const text = (): string => `one of ${options.map((option) => show(option)).join(', ')}`
  return createMatcher(text, (actual, path, compareItem) => {
    const holds = options.some((option) => compareItem(option, actual, path).length === 0)
    return holds ? [] : [{ path, expected: text(), received: show(actual) }]
  })
}

/** Equal as a whole: objects may have no other keys, at any depth. */
function exactly<const E>(expected: E): Matcher<Received<E>> {
  return createMatcher(
    () => `exactly ${show(expected)}`,
    (actual, path): Difference[] => compareExactly(expected, actual, path),
  )
}

function type<T extends keyof TypeOf>(name: T): Matcher<TypeOf[T]> {
  const holds: ((v: unknown) => boolean) | undefined = TYPES[name]
  if (holds === undefined)
    throw new TypeError(`match.type("${name}"): one of ${Object.keys(TYPES).join(', ')}`)
  return simple(/^[aeio]/.test(name) ? `an ${name}` : name === 'null' ? 'null' : `a ${name}`, holds)
}

export const match = Object.freeze({
  /** Anything that is there, `null` too. */
  any: simple<unknown>('anything', (v) => v !== undefined),
  /** A key that is not there (or a header that was not sent). */
  absent: simple<undefined>('nothing', (v) => v === undefined),
  string,
  number,
  approx,
  includes,
  arrayOf,
  length,
  not,
  oneOf,
  exactly,
  type,
  /** For your own: `match.where('an even number', (v) => typeof v === 'number' && v % 2 === 0)`. */
  where: <T = unknown>(text: string, holds: (actual: unknown) => boolean): Matcher<T> => {
    if (isMatcher(holds)) throw new TypeError('match.where() takes a description and a function')
    return simple<T>(text, holds)
  },
})
