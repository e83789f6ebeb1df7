/** Search across corpora: embed once, ask every index at the same time, merge. */
import { notFound } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import { type CorpusMatch, type Merged, mergeMatches } from './merge.ts'
import { computeLifts, type LiftRules, type Playbook } from './playbook.ts'
import { type CallOptions, embedTexts, type Filter, searchCorpus } from './upstreams.ts'

export interface Retrieval {
  readonly query: string
  readonly corpora: readonly string[]
  readonly k: number
  readonly filter?: Filter | undefined
}

export interface RetrievalDeps {
  readonly embedd: Upstream
  readonly vectord: Upstream
  readonly rules: LiftRules
  readonly playbooks: () => Iterable<Playbook>
}

// A lifted item may come from below the k nearest: so many are looked at in a corpus that has one.
const poolFor = (k: number): number => Math.max(4 * k, 64)

/** 404 `unknown_corpus` names every corpus that does not exist. */
export async function retrieve(
  deps: RetrievalDeps,
  { query, corpora, k, filter }: Retrieval,
  options: CallOptions,
): Promise<Merged & { model: string }> {
  const [embedding = { model: '', vector: [] }] = await embedTexts(deps.embedd, [query], options)
  const lifts = computeLifts(deps.playbooks(), embedding, deps.rules)
  const { vector } = embedding
  const outcomes = await Promise.allSettled(
    corpora.map((corpus) => {
      const count = lifts.corpora.has(corpus) ? poolFor(k) : k
      return searchCorpus(deps.vectord, { corpus, vector, k: count, filter }, options)
    }),
  )
  const unknown = corpora.filter(
    (_, n) => outcomes[n]?.status === 'fulfilled' && outcomes[n].value === undefined,
  )
  if (unknown.length > 0) {
    const names = unknown.map((corpus) => `"${corpus}"`).join(', ')
    throw notFound(`no corpus ${names}`, {
      code: 'unknown_corpus',
      details: { corpus: unknown[0], corpora: unknown },
    })
  }
  const byCorpus = new Map<string, readonly CorpusMatch[]>()
  for (const [n, corpus] of corpora.entries()) {
    const outcome = outcomes[n]
    if (outcome?.status === 'rejected') throw outcome.reason
    byCorpus.set(corpus, outcome?.value ?? [])
  }
  return { model: embedding.model, ...mergeMatches(byCorpus, k, lifts.find) }
}
