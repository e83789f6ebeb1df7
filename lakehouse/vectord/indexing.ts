/** Builds a collection's graph in the background, a few milliseconds at a time. */
import { setImmediate } from 'node:timers/promises'
import type { Collection } from './collection.ts'

/** How long building may keep requests waiting. */
const SLICE_MS = 5

/** Resolves when everything is in the graph, or nobody wants it any more. */
export async function buildGraph(collection: Collection, isWanted: () => boolean): Promise<void> {
  await setImmediate()
  while (collection.needsIndexing && isWanted()) {
    collection.indexFor(SLICE_MS)
    await setImmediate()
  }
}
