/** A set of places in a body, asked on the way down. */
import type { Segment } from './path.ts'

/** Paths begin at the root of the body: the empty one is the root itself, and covers everything. */
export class PathSet {
  #has = false
  /** Made when it is needed: most places have nothing below. */
  #below: Map<Segment, PathSet> | undefined

  /** This very place is in the set. */
  get has(): boolean {
    return this.#has
  }

  /** What of the set is below a step; undefined when nothing is. */
  below(segment: Segment): PathSet | undefined {
    return this.#below?.get(segment)
  }

  add(path: readonly Segment[]): void {
    let place: PathSet = this
    for (const segment of path) {
      place.#below ??= new Map()
      const next = place.#below.get(segment) ?? new PathSet()
      place.#below.set(segment, next)
      place = next
    }
    place.#has = true
  }

  /** The place, or one above it, is in the set. */
  covers(path: readonly Segment[]): boolean {
    let place: PathSet | undefined = this
    for (const segment of path) {
      if (place.#has) return true
      place = place.#below?.get(segment)
      if (place === undefined) return false
    }
    return place.#has
  }
}
