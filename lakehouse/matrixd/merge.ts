/** Results of several corpora as one list, with the lift of playbooks and where everything came from. */

/** One match as vectord gives it. */
export interface CorpusMatch {
  readonly id: string
  readonly score: number
  readonly distance: number
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface Lift {
  /** Added to the score; 0 or more. */
  readonly boost: number
  /** Ids of the playbook records it comes from. */
  readonly playbooks: readonly string[]
}

export interface Provenance {
  readonly corpus: string
  readonly id: string
  /** The score in its corpus, before any lift. */
  readonly score: number
  readonly distance: number
  /** From 1: its place among its corpus's matches. */
  readonly rank: number
  readonly boost: number
  readonly playbooks: readonly string[]
}

export interface MergedResult {
  readonly corpus: string
  readonly id: string
  /** What the order is by: the corpus's score plus the boost. */
  readonly score: number
  readonly metadata: Readonly<Record<string, unknown>>
  readonly provenance: Provenance
}

export interface Merged {
  /** At most k, best first. */
  readonly results: readonly MergedResult[]
  /** What would be among the k without lifts, and is not because of them. */
  readonly displaced: readonly MergedResult[]
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const compareOrigin = (a: MergedResult, b: MergedResult): number =>
  compareText(a.corpus, b.corpus) || compareText(a.id, b.id)
const byScore = (a: MergedResult, b: MergedResult): number => b.score - a.score || compareOrigin(a, b)
const byRawScore = (a: MergedResult, b: MergedResult): number =>
  b.provenance.score - a.provenance.score || compareOrigin(a, b)

/**
 * Merges the matches of each corpus in order of score; equal scores by corpus, then id.
 * @param lift the lift of an item, if any
 */
export function mergeMatches(
  byCorpus: ReadonlyMap<string, readonly CorpusMatch[]>,
  k: number,
  lift: (corpus: string, id: string) => Lift | undefined,
): Merged {
  const all = [...byCorpus].flatMap(([corpus, matches]) =>
    matches.map(({ id, score, distance, metadata }, n): MergedResult => {
      const { boost, playbooks } = lift(corpus, id) ?? { boost: 0, playbooks: [] }
      return {
        corpus,
        id,
        score: score + boost,
        metadata,
        provenance: { corpus, id, score, distance, rank: n + 1, boost, playbooks },
      }
    }),
  )
  const results = all.toSorted(byScore).slice(0, k)
  const kept = new Set(results)
  const displaced = all
    .toSorted(byRawScore)
    .slice(0, k)
    .filter((result) => !kept.has(result))
  return { results, displaced }
}
