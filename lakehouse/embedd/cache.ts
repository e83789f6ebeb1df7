/** Least recently used: vectors by model and text. */
export class VectorCache {
  readonly #limit: number
  // A Map keeps the order of insertion; a hit is inserted anew, so the first entry is the oldest in use.
  readonly #entries = new Map<string, readonly number[]>()

  /** @param limit entries kept; 0 keeps none */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  get(model: string, text: string): readonly number[] | undefined {
    const key = toKey(model, text)
    const vector = this.#entries.get(key)
    if (vector !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, vector)
    }
    return vector
  }

  set(model: string, text: string, vector: readonly number[]): void {
    const key = toKey(model, text)
    this.#entries.delete(key)
    this.#entries.set(key, vector)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) return
      this.#entries.delete(oldest)
    }
  }
}

// The length keeps ("a", "bc") apart from ("ab", "c").
const toKey = (model: string, text: string): string => `${model.length} ${model} ${text}`
