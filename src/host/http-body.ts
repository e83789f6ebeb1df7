/** What becomes of an answer's body: kept whole, or hashed as it comes. */
import { createHash } from 'node:crypto'

export interface BodyDigest {
  /** Bytes. */
  readonly length: number
  /** Lower-case hex. */
  readonly sha256: string
}

export interface ReadBody {
  readonly body: Buffer
  readonly digest?: BodyDigest
}

/** How much of a hashed body is kept, to show what it was. */
const HEAD_BYTES = 64 * 1_024

/** Grows with what is added: how much that may be is the caller's to bound. */
export class WholeBody {
  readonly #chunks: Buffer[] = []

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  end(): ReadBody {
    return { body: Buffer.concat(this.#chunks) }
  }
}

/** For a body of any length: keeps its first 64 KiB, and the digest of all of it. `end` may be called once. */
export class HashedBody {
  readonly #hash = createHash('sha256')
  readonly #head: Buffer[] = []
  #length = 0

  add(chunk: Buffer): void {
    this.#hash.update(chunk)
    const wanted = HEAD_BYTES - this.#length
    // Copied, because a part of a chunk holds all of it in memory.
    if (wanted > 0) this.#head.push(Buffer.from(chunk.subarray(0, wanted)))
    this.#length += chunk.length
  }

  end(): ReadBody {
    return {
      body: Buffer.concat(this.#head),
      digest: { length: this.#length, sha256: this.#hash.digest('hex') },
    }
  }
}
