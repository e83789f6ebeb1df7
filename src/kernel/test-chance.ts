/** For tests that try many inputs: chance that can be had again, so that a failure can be looked at. */
import { createHash } from 'node:crypto'

/** Numbers from 0 up to 1, evenly spread, in the same order for the same seed. */
export function createChance(seed: number): () => number {
  let drawn = 0
  return () => {
    drawn += 1
    return createHash('sha256').update(`${seed} ${drawn}`).digest().readUInt32BE() / 2 ** 32
  }
}
