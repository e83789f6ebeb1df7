/** What worked before: records of outcomes, and the lift that they give an item in similar searches. Pure. */
import type { Lift } from './merge.ts'
import { computeCosine } from './vector.ts'

export interface Playbook {
  readonly id: string
  readonly query: string
  readonly item: { readonly corpus: string; readonly id: string }
  readonly outcome: 'success' | 'failure'
  readonly note: string | null
  readonly at: string
  /** Model and vector of the query's embedding; only vectors of one model can be compared. */
  readonly model: string
  readonly vector: readonly number[]
}

export interface LiftRules {
  /** Cosine of two queries' embeddings from which on they count as similar. */
  readonly similarity: number
  /** The boost that many successes approach; one success of the very same query gives half of it. */
  readonly maxBoost: number
}

export interface QueryEmbedding {
  readonly model: string
  readonly vector: readonly number[]
}

/** JSON, because neither corpus nor id has a character that could separate them. */
const toKey = (corpus: string, id: string): string => JSON.stringify([corpus, id])

export interface Lifts {
  find(corpus: string, id: string): Lift | undefined
  /** Corpora with an item that a similar query is recorded for. */
  readonly corpora: ReadonlySet<string>
}

/**
 * Lifts for a query. Every similar record weighs as much as its query is similar; failures count against
 * successes, but never push an item below its own score.
 */
export function computeLifts(playbooks: Iterable<Playbook>, query: QueryEmbedding, rules: LiftRules): Lifts {
  const tallies = new Map<string, { net: number; playbooks: string[] }>()
  const corpora = new Set<string>()
  for (const { id, item, outcome, model, vector } of playbooks) {
    if (model !== query.model) continue
    const similarity = computeCosine(query.vector, vector)
    if (similarity < rules.similarity) continue
    const key = toKey(item.corpus, item.id)
    const tally = tallies.get(key) ?? { net: 0, playbooks: [] }
    tally.net += outcome === 'success' ? similarity : -similarity
    tally.playbooks.push(id)
    tallies.set(key, tally)
    corpora.add(item.corpus)
  }
  return {
    corpora,
    find(corpus, id) {
      const tally = tallies.get(toKey(corpus, id))
      if (tally === undefined) return undefined
      const net = Math.max(0, tally.net)
      return { boost: (rules.maxBoost * net) / (1 + net), playbooks: tally.playbooks }
    },
  }
}
