/**
 * A forgiving look at TOML text up to the place where the parser gave up: which statement that is in, and what
 * is still open there. Never fails, whatever the text.
 */

interface Opened {
  /** `[`, `{`, or the quote of a string. */
  readonly mark: string
  readonly offset: number
}

export interface Scan {
  /** Where the statement (key = value, or header) begins that the place belongs to. */
  readonly statement: number
  readonly isHeader: boolean
  /** Lists, inline tables and, last, the string that are open at the place; outermost first. */
  readonly open: readonly Opened[]
  /** Where the innermost value or key begins: after the last `=`, `,`, `[` or `{`, or at the statement. */
  readonly token: number
  /** Whether an `=` of this statement (or of the innermost inline table's entry) stands before the place. */
  readonly hasEquals: boolean
}

const CLOSES: Record<string, string> = { ']': '[', '}': '{' }

/** What the text is in the midst of at the offset. */
export function scanUntil(text: string, until: number): Scan {
  let statement = 0
  let isHeader = false
  let token = 0
  let hasEquals = false
  const open: Opened[] = []
  let fresh = true
  let at = 0
  while (at < until) {
    const character = text.charAt(at)
    if (fresh && !/\s/.test(character)) {
      fresh = false
      statement = at
      token = at
      isHeader = character === '['
      hasEquals = false
    }
    if (character === '\n' && open.length === 0) fresh = true
    if (character === '#') {
      at = endOfLine(text, at)
      continue
    }
    if (character === '"' || character === "'") {
      const end = endOfString(text, at)
      if (end.offset > until || (!end.closed && end.offset >= until)) {
        open.push({ mark: end.quote, offset: at })
        break
      }
      at = end.offset
      continue
    }
    if (!isHeader) {
      if (character === '[' || character === '{') open.push({ mark: character, offset: at })
      if (CLOSES[character] !== undefined && open.at(-1)?.mark === CLOSES[character]) open.pop()
      if (character === '=') hasEquals = true
      else if (character === '{' || (character === ',' && open.at(-1)?.mark === '{')) hasEquals = false
      if ('=,[{'.includes(character)) token = at + 1
    }
    at += 1
  }
  while (token < until && /\s/.test(text.charAt(token))) token += 1
  // The place itself may be the first of a new statement.
  if (fresh)
    return { statement: until, isHeader: text.charAt(until) === '[', open, token: until, hasEquals: false }
  return { statement, isHeader, open, token, hasEquals }
}

/** Offset of the next line feed, `from` itself included; that of the end of the text when none comes. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Offset of the first character of the line that `from` is in; a line feed belongs to the line that it ends. */
export function startOfLine(text: string, from: number): number {
  // A negative position would be taken for 0.
  return from === 0 ? 0 : text.lastIndexOf('\n', from - 1) + 1
}

/** A string that spans one line ends with it, closed or not. */
export function endOfString(text: string, start: number): { offset: number; closed: boolean; quote: string } {
  const mark = text.charAt(start)
  const triple = mark.repeat(3)
  const quote = text.startsWith(triple, start) ? triple : mark
  let at = start + quote.length
  while (at < text.length) {
    if (mark === '"' && text.charAt(at) === '\\') at += 2
    else if (text.startsWith(quote, at)) {
      at += quote.length
      // Two more quotes may stand right before the end of a multi-line string.
      for (let more = 0; more < 2 && quote.length === 3 && text.charAt(at) === mark; more += 1) at += 1
      return { offset: at, closed: true, quote }
    } else if (quote.length === 1 && text.charAt(at) === '\n') return { offset: at, closed: false, quote }
    else at += 1
  }
  return { offset: text.length, closed: false, quote }
}

/** Whether a line begins a new statement: a header, or a key and `=`. */
export function looksLikeStatement(line: string): boolean {
  return looksLikeHeader(line) || /^\s*[\w"'.-]+\s*=(?!=)/.test(line)
}

/**
 * Whether a line by itself is `[name]` or `[[name]]`, perhaps with a comment. A list of one string looks the same.
 */
export function looksLikeHeader(line: string): boolean {
  return /^\s*\[\[?\s*[\w"'.\- ]+\]\]?\s*(#.*)?\r?$/.test(line)
}
