/** The errors a smoke meets when something does not hold, or when it uses the helpers wrongly. */
import type { Location, Mismatch, RequestLine } from '../../kernel/failure.ts'
import { bounded, printable } from '../../kernel/text.ts'
import { show } from '../expect/show.ts'

/** An expectation that did not hold. */
export class ExpectationFailed extends Error {
  override readonly name = 'ExpectationFailed'
  readonly mismatches: readonly Mismatch[]
  readonly request: RequestLine | undefined
  readonly waited: { readonly ms: number; readonly attempts: number } | undefined
  readonly location: Location | undefined
  constructor(o: {
    mismatches: readonly Mismatch[]
    request?: RequestLine | undefined
    waited?: { readonly ms: number; readonly attempts: number } | undefined
    location?: Location | undefined
  }) {
    const first = o.mismatches[0]
    super(first ? `${first.what}: expected ${first.expected}, received ${first.received}` : 'not as expected')
    this.mismatches = o.mismatches
    this.request = o.request
    this.waited = o.waited
    this.location = o.location
  }
}

/** The smoke uses a helper in a way that has no meaning, or that would prove nothing. */
export class SmokeMisuse extends Error {
  override readonly name = 'SmokeMisuse'
}

/** The smoke is over (or this attempt of a condition is): what still runs must not go on. */
export class SmokeOver extends Error {
  override readonly name = 'SmokeOver'
}

/** One line for an error or whatever else was thrown. */
export function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return show(error)
  const message = error.message === '' ? error.name : `${error.name}: ${error.message}`
  return bounded(printable(message), 1_500)
}

/** A stack trace without the runtime's own frames, bounded; undefined when nothing is left. */
export function describeStack(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined
  const own = import.meta.dirname
  const frames = error.stack
    .split('\n')
    .filter((line) => /^\s*at\s/.test(line) && !line.includes('node:') && !line.includes(own))
    .slice(0, 8)
    .map((line) => printable(line.trim()))
  return frames.length === 0 ? undefined : frames.join('\n')
}
