/** What computes vectors. */
export interface Provider {
  readonly name: 'hash' | 'openai' | 'ollama'
  readonly model: string
  /**
   * One vector a text, in order, all of one dimension. Rejects with an `ApiError`: 502 or 503 for a fault of the
   * upstream, 504 for a time-out; with the signal's reason when the caller is gone.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>
}
