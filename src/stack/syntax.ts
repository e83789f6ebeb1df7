/**
 * All syntax errors of a text, not only the first: each faulty statement is blanked out and the rest parsed
 * again. What is left is `readable`, so that its meaning can be checked in the same go.
 */
import type { Diagnostic } from './diagnostic.ts'
import { findKey, type SourceText } from './locate.ts'
import { explainFault } from './syntax-explain.ts'
import type { ParserError, SyntaxFault } from './syntax-fault.ts'
import {
  endOfLine,
  looksLikeHeader,
  looksLikeStatement,
  type Scan,
  scanUntil,
  startOfLine,
} from './syntax-scan.ts'
import { parseToml } from './toml-values.ts'

/** Bounds on what a hopeless file may cost: each further error parses the text again. */
const MOST_ERRORS = 20
const MOST_CHARACTERS = 128 * 1024

/** The errors, in no order, and the text (same length, same lines) without the statements that hold them. */
export function explainSyntax(source: SourceText): {
  diagnostics: Diagnostic[]
  readable: string | undefined
} {
  const diagnostics: Diagnostic[] = []
  let text = source.text
  while (diagnostics.length < MOST_ERRORS) {
    const error = findError(text)
    if (error === undefined) return { diagnostics, readable: text }
    const fault = explainFault(text, error)
    const rest = blankStatement(text, error.offset)
    diagnostics.push(describe(fault, source, rest))
    if (fault.hopeless || text.length > MOST_CHARACTERS || rest === text) break
    text = rest
  }
  return { diagnostics, readable: undefined }
}

/** Where the parser gives up on the text; undefined when it does not. */
function findError(text: string): ParserError | undefined {
  try {
    parseToml(text)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return readParserError(error, text)
  }
}

function readParserError(error: Error, text: string): ParserError {
  const { message, location, line, column } = error as Error & {
    location?: { start: { offset: number } }
    line?: number
    column?: number
  }
  if (location !== undefined) return { message, offset: location.start.offset, semantic: false }
  if (line === undefined || column === undefined) return { message, offset: 0, semantic: true }
  let start = 0
  for (let count = 1; count < line; count += 1) start = endOfLine(text, start) + 1
  return { message, offset: Math.min(start + column - 1, text.length), semantic: true }
}

function describe(fault: SyntaxFault, source: SourceText, rest: string): Diagnostic {
  const { span, message, hint, related, repeats } = fault
  const first = repeats === undefined ? undefined : findKey(rest, repeats)
  const other = first === undefined ? related : { span: first, message: 'first defined here' }
  return {
    ...source.place(span),
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(other === undefined ? {} : { related: [{ ...source.place(other.span), message: other.message }] }),
  }
}

/** Spaces in place of the statement around the offset; for a header, of the whole section that it would name. */
function blankStatement(text: string, offset: number): string {
  const scan = scanUntil(text, offset)
  const start = startOfLine(text, scan.statement)
  const end = scan.isHeader ? nextLine(text, start, looksLikeHeader) : endOfFault(text, offset, scan)
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
}

/** Where the file can be read again: what was left open is taken to its close, or to where a reader sees a new statement. */
function endOfFault(text: string, offset: number, scan: Scan): number {
  const opener = scan.open.find((one) => one.mark === '[' || one.mark === '{')
  const lineStart = startOfLine(text, offset)
  const lineEnd = Math.min(endOfLine(text, offset) + 1, text.length)
  const isNew = opener?.mark === '{' ? looksLikeHeader : looksLikeStatement
  if (offset >= text.length && scan.open.length > 0) return nextLine(text, scan.statement, isNew)
  if (opener === undefined) return lineEnd
  if (lineStart > scan.statement && looksLikeStatement(text.slice(lineStart, lineEnd))) return lineStart
  const closer = opener.mark === '[' ? ']' : '}'
  for (let at = offset; at < text.length; at = endOfLine(text, at) + 1) {
    const line = text.slice(at, endOfLine(text, at))
    if (at > offset && isNew(line)) return at
    if (line.includes(closer)) return Math.min(endOfLine(text, at) + 1, text.length)
  }
  return text.length
}

/** Start of the first line after the one at `from` that the test holds for. */
function nextLine(text: string, from: number, test: (line: string) => boolean): number {
  let at = endOfLine(text, from) + 1
  while (at < text.length && !test(text.slice(at, endOfLine(text, at)))) at = endOfLine(text, at) + 1
  return Math.min(at, text.length)
}
