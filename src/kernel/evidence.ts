/** What a step was seen to do: the requests it sent and what it expected of them. Bounded, printable, plain JSON. */

/** One request of a step. */
export interface SentRequest {
  readonly daemon: string
  readonly method: string
  /** Path and query, as sent. */
  readonly path: string
  /** What was sent, from its beginning; absent: no body. */
  readonly sent?: string
  /** Absent: there was no answer; `fault` says why. */
  readonly status?: number
  readonly fault?: string
  /** From sending to the whole answer. */
  readonly ms: number
  /** Size of the answer's body. */
  readonly bytes: number
  /** The answer's body from its beginning, where it is text. */
  readonly answer?: string
  /** How often it was sent until the condition held (`within`); absent: once. */
  readonly attempts?: number
}

/** One expectation, or one place where it did not hold. */
export interface Check {
  /** `status`, `header etag`, `json`, `$.rows[0]`, or the words that a smoke gave it. */
  readonly what: string
  readonly ok: boolean
  readonly expected: string
  readonly received: string
  /** Index of the request it is about; absent: about a value of the smoke's own. */
  readonly request?: number
}

/** How much of a step is not in its lists. */
export interface Omitted {
  readonly requests: number
  readonly checks: number
}

/** Part of the event `step.finished`. Absent lists: nothing of that kind, or a smoke that does not tell (an executable). */
export interface StepEvidence {
  readonly requests?: readonly SentRequest[]
  readonly checks?: readonly Check[]
  readonly omitted?: Omitted
}
