/** Rows by path: the first of each, how often it came, and how many paths there were beyond those that are kept. */
export interface Group<T> {
  readonly path: string
  readonly first: T
  readonly places: number
}

/** Keeps `most` rows; what comes after them at other paths is only counted. */
export class Groups<T> {
  readonly #most: number
  readonly #rows = new Map<string, { path: string; first: T; places: number }>()
  #more = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @param kind rows of different kinds are different rows, even at the same path. */
  add(path: string, first: T, kind = ''): void {
    const key = `${kind} ${path}`
    const row = this.#rows.get(key)
    if (row !== undefined) row.places += 1
    else if (this.#rows.size < this.#most) this.#rows.set(key, { path, first, places: 1 })
    else this.#more += 1
  }

  /** In the order in which they came. */
  get rows(): readonly Group<T>[] {
    return [...this.#rows.values()]
  }

  /** Additions that were not kept. */
  get more(): number {
    return this.#more
  }
}
