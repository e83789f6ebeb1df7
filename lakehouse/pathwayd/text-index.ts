/** Full-text search over the active traces: an inverted index, ranked by Okapi BM25 (Robertson and Zaragoza, 2009). */

const K1 = 1.2
const B = 0.75

/** Words in lower case, compatibility forms folded. */
function tokenize(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  )
}

export class TextIndex {
  /** Token → document → occurrences. */
  readonly #postings = new Map<string, Map<string, number>>()
  /** Document → its tokens, for removal and length. */
  readonly #documents = new Map<string, readonly string[]>()
  #totalTokens = 0

  /** Adds the text under the id, in place of an earlier one. */
  set(id: string, text: string): void {
    this.delete(id)
    const tokens = tokenize(text)
    this.#documents.set(id, tokens)
    this.#totalTokens += tokens.length
    for (const token of tokens) {
      const posting = this.#postings.get(token) ?? new Map<string, number>()
      posting.set(id, (posting.get(id) ?? 0) + 1)
      this.#postings.set(token, posting)
    }
  }

  delete(id: string): void {
    const tokens = this.#documents.get(id)
    if (tokens === undefined) return
    this.#documents.delete(id)
    this.#totalTokens -= tokens.length
    for (const token of new Set(tokens)) {
      const posting = this.#postings.get(token)
      posting?.delete(id)
      if (posting?.size === 0) this.#postings.delete(token)
    }
  }

  /** Scores (above 0) of the documents that hold at least one token of the query. */
  score(query: string): Map<string, number> {
    const scores = new Map<string, number>()
    const count = this.#documents.size
    const averageLength = this.#totalTokens / Math.max(1, count)
    for (const token of new Set(tokenize(query))) {
      const posting = this.#postings.get(token)
      if (posting === undefined) continue
      const rarity = Math.log(1 + (count - posting.size + 0.5) / (posting.size + 0.5))
      for (const [id, occurrences] of posting) {
        const length = this.#documents.get(id)?.length ?? 0
        const damping = K1 * (1 - B + (B * length) / averageLength)
        const gain = (rarity * occurrences * (K1 + 1)) / (occurrences + damping)
        scores.set(id, (scores.get(id) ?? 0) + gain)
      }
    }
    return scores
  }
}
