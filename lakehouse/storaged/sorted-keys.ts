/** The keys of a store in UTF-8 byte order, kept in memory so that a listing needs no folder scan. */
import { compareKeys } from './key.ts'

export class SortedKeys {
  readonly #keys: string[]

  constructor(keys: Iterable<string> = []) {
    this.#keys = [...keys].sort(compareKeys)
  }

  get size(): number {
    return this.#keys.length
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

  add(key: string): void {
    const index = this.#lowerBound(key)
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key)
  }

  delete(key: string): void {
    const index = this.#lowerBound(key)
    if (this.#keys[index] === key) this.#keys.splice(index, 1)
  }

  /** At most `limit` keys that begin with `prefix` and come after `after`. */
  range(prefix: string, after: string, limit: number): string[] {
    const found: string[] = []
    let index = compareKeys(after, prefix) < 0 ? this.#lowerBound(prefix) : this.#lowerBound(after)
    if (after !== '' && this.#keys[index] === after) index += 1
    for (; found.length < limit; index += 1) {
      const key = this.#keys[index]
      if (key === undefined || !key.startsWith(prefix)) break
      found.push(key)
    }
    return found
  }
}
