/** Why a program could not be started. */
export interface SpawnError {
  readonly reason: 'not-found' | 'not-executable' | 'bad-directory' | 'other'
  /** A sentence with the path in question. */
  readonly detail: string
}
