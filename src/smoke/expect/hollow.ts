/**
 * The value of a step that failed, in a run that goes on after it (`prove`): whatever is asked of it is hollow again,
 * and nothing that it is compared with holds, so that no later step passes by comparing one nothing with another.
 */

const values = new WeakSet<object>()

/** What every comparison with a hollow value comes to. */
export const HOLLOW_DIFFERENCE = {
  expected: 'a value to compare',
  received: 'the value of a step that failed',
}

/** True for what `createHollow` made. */
export function isHollow(value: unknown): boolean {
  return typeof value === 'function' && values.has(value)
}

/** A stand-in for a value of any shape: it can be called, indexed, iterated over (it is empty) and awaited. */
export function createHollow<T>(): T {
  const hollow: object = new Proxy(() => hollow, {
    get: (_, key) => {
      // It is no promise: awaiting it gives it.
      if (key === 'then') return undefined
      // As text it is JSON, because smokes parse the text of answers.
      if (key === Symbol.toPrimitive) return () => '{}'
      if (key === Symbol.iterator || key === Symbol.asyncIterator) return () => [][Symbol.iterator]()
      return hollow
    },
    has: () => true,
    apply: () => hollow,
  })
  values.add(hollow)
  // By intent of no type at all: it stands where the smoke expects what the step would have returned.
  return hollow as T
}
