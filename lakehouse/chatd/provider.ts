/** What answers a conversation. */

export const ROLES = ['system', 'user', 'assistant'] as const

export interface Message {
  readonly role: (typeof ROLES)[number]
  readonly content: string
}

export interface Conversation {
  /** The model's name without the provider's prefix. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly maxTokens?: number | undefined
  readonly temperature?: number | undefined
}

export interface Completion {
  readonly content: string
  /** Undefined when the upstream does not tell. */
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** `stop`, `length`, or the upstream's own word. */
  readonly finishReason: string
}

export interface Provider {
  /**
   * Rejects with an `ApiError`: 404 `unknown_model`, 502 or 503 for a fault of the upstream, 504 for a time-out;
   * with the signal's reason when the caller is gone.
   */
  complete(conversation: Conversation, signal: AbortSignal): Promise<Completion>
}
