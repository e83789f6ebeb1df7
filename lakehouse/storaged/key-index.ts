/** The keys of a store in UTF-8 byte order, with their sizes where known; in memory, so that listing is cheap. */
import { compareKeys } from './key.ts'

export class KeyIndex {
  readonly #keys: string[]
  readonly #sizes = new Map<string, number>()

  constructor(keys: Iterable<string> = []) {
    this.#keys = [...keys].sort(compareKeys)
  }

  /** Index of the first key that is not below `key`. */
  #lowerBound(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds the key, or gives it another size. */
  set(key: string, size: number): void {
    const at = this.#lowerBound(key)
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key)
    this.#sizes.set(key, size)
  }

  delete(key: string): void {
    const at = this.#lowerBound(key)
    if (this.#keys[at] === key) this.#keys.splice(at, 1)
    this.#sizes.delete(key)
  }

  /** Bytes; undefined when not known. */
  size(key: string): number | undefined {
    return this.#sizes.get(key)
  }

  /** Keeps a size that was found out, unless the key has one by now or is gone. */
  learn(key: string, size: number): void {
    if (!this.#sizes.has(key) && this.#keys[this.#lowerBound(key)] === key) this.#sizes.set(key, size)
  }

  /** At most `limit` keys after `after` with the prefix; `next` is the last of them when more follow. */
  page(prefix: string, after: string, limit: number): { keys: string[]; next: string | undefined } {
    const keys: string[] = []
    let at = this.#lowerBound(compareKeys(after, prefix) < 0 ? prefix : after)
    if (after !== '' && this.#keys[at] === after) at += 1
    for (; ; at += 1) {
      const key = this.#keys[at]
      if (key === undefined || !key.startsWith(prefix)) return { keys, next: undefined }
      if (keys.length === limit) return { keys, next: keys.at(-1) }
      keys.push(key)
    }
  }
}
