/** The embedded provider: computes in this process, and lets other requests in between. */
import { setImmediate } from 'node:timers/promises'
import { embedByHashing } from './hash.ts'
import type { Provider } from './provider.ts'

export const HASH_MODEL = 'hash-384'

export function createHashProvider(): Provider {
  return {
    name: 'hash',
    model: HASH_MODEL,
    async embed(texts, signal) {
      const vectors: number[][] = []
      for (const text of texts) {
        vectors.push(embedByHashing(text))
        await setImmediate()
        signal.throwIfAborted()
      }
      return vectors
    },
  }
}
