/** A syntax error of a stack file, explained; and what the parser said. */
import type { Span } from './locate.ts'

export interface SyntaxFault {
  readonly span: Span
  readonly message: string
  readonly hint?: string
  readonly related?: { readonly span: Span; readonly message: string }
  /** The key that is defined for a second time, as the parser spells it. */
  readonly repeats?: string
  /** The text is something else altogether: there is no sense in looking for more. */
  readonly hopeless?: boolean
}

/** What the parser throws: a place in the grammar, or a line and column for what the grammar allows. */
export interface ParserError {
  readonly message: string
  /** In UTF-16 units. */
  readonly offset: number
  /** The grammar was satisfied; the meaning was not (a key twice, a month 13). */
  readonly semantic: boolean
}
