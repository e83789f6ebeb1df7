/** The last few distinct results of a probe, so that a message can say what was seen and how often. */
import type { ProbeResult } from '../kernel/failure.ts'
import { bounded } from '../kernel/text.ts'
import { formatDuration } from '../kernel/units.ts'

const KEPT = 5
const SAW_CHARACTERS = 300

interface Entry {
  readonly first: ProbeResult
  times: number
  lastAtMs: number
}

/** For one probe, or one question that is asked again and again. Five results at most, each cut to 300 characters. */
export class ProbeHistory {
  // In the order of the last time each was seen.
  readonly #entries = new Map<string, Entry>()
  #latest: { readonly result: ProbeResult; readonly entry: Entry } | undefined

  /** Notes one result; one that was seen before only counts up. */
  add(result: ProbeResult): void {
    // While a daemon comes up, one result is seen every few milliseconds, hundreds of times.
    if (this.#latest && isSame(this.#latest.result, result)) {
      this.#latest.entry.times += 1
      this.#latest.entry.lastAtMs = result.atMs
      return
    }
    const saw = bounded(result.saw, SAW_CHARACTERS)
    const key = `${result.kind} ${result.ok} ${saw}`
    const known = this.#entries.get(key)
    this.#entries.delete(key)
    const entry = {
      first: known?.first ?? { ...result, saw },
      times: (known?.times ?? 0) + 1,
      lastAtMs: result.atMs,
    }
    this.#entries.set(key, entry)
    this.#latest = { result, entry }
    if (this.#entries.size <= KEPT) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  /** What was seen last, however often. */
  get last(): string | undefined {
    return [...this.#entries.values()].at(-1)?.first.saw
  }

  /** Oldest first; a repeated result stands once, at its first time: `answered 503 (×12, last at 4.1 s)`. */
  list(): ProbeResult[] {
    return [...this.#entries.values()].map(({ first, times, lastAtMs }) =>
      times === 1
        ? first
        : { ...first, saw: `${first.saw} (×${times}, last at ${formatDuration(lastAtMs)})` },
    )
  }
}

const isSame = (a: ProbeResult, b: ProbeResult): boolean =>
  a.saw === b.saw && a.kind === b.kind && a.ok === b.ok
