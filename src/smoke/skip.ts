/** `skip(reason)`: ends a smoke as SKIP. */

/** Thrown by `skip`; not an error of the smoke. */
export class SkipSignal extends Error {
  override readonly name = 'SkipSignal'
}

/**
 * Ends the running smoke as SKIP. The reason is printed in the ledger.
 * @throws always: SkipSignal, or TypeError when there is no reason.
 */
export function skip(reason: string): never {
  if (typeof reason !== 'string' || reason.trim() === '') throw new TypeError('skip() needs a reason')
  throw new SkipSignal(reason.trim())
}
