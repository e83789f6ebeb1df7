/** Takes secrets out of a stream of bytes, also where one is cut in two by a chunk's end. */

import { spellSecret } from '../kernel/redact.ts'

const MASK = Buffer.from('[redacted]')

/**
 * For one stream: what `push` and, at its end, `flush` give is that stream with `[redacted]` for every secret, also
 * as secrets are spelled in JSON and in URLs.
 */
export class Redactor {
  readonly #needles: readonly Buffer[]
  #held: Buffer = Buffer.alloc(0)

  /** Blank secrets are ignored. */
  constructor(secrets: readonly string[]) {
    const unique = new Set(secrets.flatMap(spellSecret))
    this.#needles = [...unique].map((text) => Buffer.from(text)).sort((a, b) => b.length - a.length)
  }

  /** What may be written now. The beginning of what may become a secret is held back until it is decided. */
  push(chunk: Buffer): Buffer {
    if (this.#needles.length === 0) return chunk
    const data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const { clean, rest } = this.#mask(data, false)
    this.#held = Buffer.from(rest)
    return clean
  }

  /** What was held back, when nothing follows any more. */
  flush(): Buffer {
    const { clean } = this.#mask(this.#held, true)
    this.#held = Buffer.alloc(0)
    return clean
  }

  #mask(data: Buffer, final: boolean): { clean: Buffer; rest: Buffer } {
    const parts: Buffer[] = []
    let from = 0
    for (;;) {
      const match = this.#next(data, from)
      const cut = final ? undefined : this.#undecided(data, from, match?.at ?? data.length)
      if (cut !== undefined || match === undefined) {
        const end = cut ?? data.length
        const last = data.subarray(from, end)
        // Mostly there is no secret: then nothing is copied.
        return {
          clean: parts.length === 0 ? last : Buffer.concat([...parts, last]),
          rest: data.subarray(end),
        }
      }
      parts.push(data.subarray(from, match.at), MASK)
      from = match.at + match.length
    }
  }

  /** The first secret; of several at one place the longest. */
  #next(data: Buffer, from: number): { at: number; length: number } | undefined {
    let best: { at: number; length: number } | undefined
    for (const needle of this.#needles) {
      const at = data.indexOf(needle, from)
      if (at !== -1 && (best === undefined || at < best.at)) best = { at, length: needle.length }
    }
    return best
  }

  /** Where, not after `limit`, the end of the data begins a secret that is not complete yet. */
  #undecided(data: Buffer, from: number, limit: number): number | undefined {
    const longest = this.#needles[0]?.length ?? 0
    const last = Math.min(limit, data.length - 1)
    for (let at = Math.max(from, data.length - longest + 1); at <= last; at += 1) {
      const end = data.subarray(at)
      if (
        this.#needles.some(
          (needle) => needle.length > end.length && needle.subarray(0, end.length).equals(end),
        )
      )
        return at
    }
    return undefined
  }
}
