/** Which chunks are about the focus: the cosine of their embeddings against a threshold. */
import { computeCosine } from './vector.ts'

export interface Chunk {
  readonly id?: string | undefined
  readonly text: string
}

export interface ScoredChunk {
  /** Its place in the request, from 0. */
  readonly index: number
  readonly id?: string
  readonly text: string
  readonly score: number
}

export interface Relevance {
  readonly kept: readonly ScoredChunk[]
  readonly dropped: readonly ScoredChunk[]
}

/** Both lists best first, equal scores in the request's order. A score at the threshold is kept. */
export function sortByRelevance(
  focus: readonly number[],
  chunks: readonly Chunk[],
  vectors: readonly (readonly number[])[],
  threshold: number,
): Relevance {
  const scored = chunks
    .map(({ id, text }, index): ScoredChunk => {
      const score = computeCosine(focus, vectors[index] ?? [])
      return { index, ...(id === undefined ? {} : { id }), text, score }
    })
    .sort((a, b) => b.score - a.score)
  return {
    kept: scored.filter(({ score }) => score >= threshold),
    dropped: scored.filter(({ score }) => score < threshold),
  }
}
