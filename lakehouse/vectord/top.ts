/** The k nearest of a stream of candidates, in a fixed order: rank first, then id. */

export interface Ranked<T extends { readonly id: string }> {
  readonly item: T
  /** Higher is nearer. */
  readonly rank: number
}

function compare<T extends { readonly id: string }>(a: Ranked<T>, b: Ranked<T>): number {
  if (a.rank !== b.rank) return b.rank - a.rank
  // Code-unit order: the same on every machine, whatever its locale.
  return a.item.id < b.item.id ? -1 : a.item.id > b.item.id ? 1 : 0
}

/** Collects candidates and keeps the `k` nearest; equal ranks are ordered by id. */
export class TopK<T extends { readonly id: string }> {
  readonly #k: number
  #kept: Ranked<T>[] = []
  #worst = Number.NEGATIVE_INFINITY

  constructor(k: number) {
    this.#k = k
  }

  offer(item: T, rank: number): void {
    if (rank < this.#worst) return
    this.#kept.push({ item, rank })
    if (this.#kept.length >= 2 * this.#k + 64) this.#trim()
  }

  /** Nearest first. */
  take(): readonly Ranked<T>[] {
    this.#trim()
    return this.#kept
  }

  #trim(): void {
    this.#kept.sort(compare)
    if (this.#kept.length <= this.#k) return
    this.#kept.length = this.#k
    this.#worst = this.#kept.at(-1)?.rank ?? Number.NEGATIVE_INFINITY
  }
}
