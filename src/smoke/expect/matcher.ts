/** What a matcher is. The matchers themselves are in `match.ts`, the comparison in `compare.ts`. */

/** One place where a value is not what was expected. `path` is JSONPath-like: `$.rows[0].n`. */
export interface Difference {
  readonly path: string
  readonly expected: string
  readonly received: string
}

/** Compares a value with what is expected of it; empty when it holds. */
export type Compare = (expected: unknown, actual: unknown, path: string) => Difference[]

const MATCHER = Symbol.for('smokechain.matcher')
declare const MATCHES: unique symbol

/** Stands for every value that it accepts, at any depth of an expectation. `T`: the type of those values. */
export interface Matcher<T = unknown> {
  /** Read as "expected …": `a string`, `a number ≥ 3`. */
  readonly describe: () => string
  readonly check: (actual: unknown, path: string, compare: Compare) => Difference[]
  /** Only for the compiler: carries `T`. */
  readonly [MATCHES]?: T
}

/** Makes a matcher from a description and a check that returns the differences. */
export function createMatcher<T>(
  describe: () => string,
  check: (actual: unknown, path: string, compare: Compare) => Difference[],
): Matcher<T> {
  return Object.freeze({ [MATCHER]: true, describe, check })
}

/** True for what `createMatcher` made, also in another copy of this module. */
export function isMatcher(value: unknown): value is Matcher {
  return typeof value === 'object' && value !== null && MATCHER in value
}
