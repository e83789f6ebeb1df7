/** Texts to vectors through the cache: only what is new is asked of the provider, and each text once. */
import type { VectorCache } from './cache.ts'
import type { Provider } from './provider.ts'

export interface Embedding {
  readonly vectors: readonly (readonly number[])[]
  /** Texts whose vector was in the cache before the request. */
  readonly cacheHits: number
}

export async function embedTexts(
  provider: Provider,
  cache: VectorCache,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Embedding> {
  const known = new Map<string, readonly number[]>()
  const missing = new Set<string>()
  let cacheHits = 0
  for (const text of texts) {
    const vector = known.get(text) ?? cache.get(provider.model, text)
    if (vector === undefined) {
      missing.add(text)
    } else {
      cacheHits += 1
      known.set(text, vector)
    }
  }
  const asked = [...missing]
  const fresh = asked.length === 0 ? [] : await provider.embed(asked, signal)
  for (const [n, text] of asked.entries()) {
    const vector = fresh[n] ?? []
    known.set(text, vector)
    cache.set(provider.model, text, vector)
  }
  return { vectors: texts.map((text) => known.get(text) ?? []), cacheHits }
}
