/**
 * NDJSON, one object a line, fed piece by piece. Values are handed on as their own JSON text, untouched: numbers
 * keep all their digits, nested values all their text. What JSON.parse would lose silently is an error.
 */

import { messageOf } from '../kit/message-of.ts'
import { excerpt, lineError } from './line-error.ts'

/** One object: key → JSON text of the value; null for `null`. Keys in the order of the line. */
export type JsonRecord = ReadonlyMap<string, string | null>
export type OnObject = (record: JsonRecord, line: number) => void

const VALUE_END = /[,}\]\s]/g

export class NdjsonReader {
  readonly #onObject: OnObject
  #rest = ''
  #line = 1

  constructor(onObject: OnObject) {
    this.#onObject = onObject
  }

  /** Takes the next piece of decoded text. Throws 400 with the line. */
  push(piece: string): void {
    let from = 0
    for (let lf = piece.indexOf('\n'); lf !== -1; lf = piece.indexOf('\n', from)) {
      const line = this.#rest + piece.slice(from, lf)
      this.#rest = ''
      this.#take(line)
      from = lf + 1
    }
    this.#rest += piece.slice(from)
  }

  /** The last line may lack its line feed. */
  end(): void {
    if (this.#rest !== '') this.#take(this.#rest)
    this.#rest = ''
  }

  #take(text: string): void {
    const line = this.#line
    this.#line += 1
    // A blank line holds no row; JSON text may be surrounded by white space, CRLF included.
    if (!/[^ \t\r]/.test(text)) return
    this.#onObject(parseObjectLine(text, line), line)
  }
}

/** One line to its top-level keys and values. Throws 400 `malformed_json`, `not_an_object` or `duplicate_key`. */
function parseObjectLine(text: string, line: number): JsonRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = messageOf(error)
    throw lineError('malformed_json', line, `not valid JSON: ${reason}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw lineError('not_an_object', line, `expected a JSON object, got ${excerpt(text.trim())}`)
  }
  return sliceMembers(text, line)
}

/** Walks the top level of an object that is known to be valid JSON. */
function sliceMembers(text: string, line: number): JsonRecord {
  const members = new Map<string, string | null>()
  let at = skipSpace(text, text.indexOf('{') + 1)
  while (text[at] !== '}') {
    const keyEnd = stringEnd(text, at)
    const key: unknown = JSON.parse(text.slice(at, keyEnd))
    const from = skipSpace(text, text.indexOf(':', keyEnd) + 1)
    const to = valueEnd(text, from)
    const raw = text.slice(from, to)
    if (typeof key !== 'string' || !key.isWellFormed()) {
      throw lineError('malformed_json', line, 'a key holds half of a surrogate pair, which is no character')
    }
    if (members.has(key)) {
      throw lineError(
        'duplicate_key',
        line,
        `the key ${excerpt(key)} occurs twice; one of its values would be lost`,
      )
    }
    if (raw.startsWith('"') && raw.includes('\\u')) checkWellFormed(raw, key, line)
    members.set(key, raw === 'null' ? null : raw)
    at = skipSpace(text, to)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return members
}

/** UTF-8, and so Parquet, cannot hold half a pair; it would be replaced silently. */
function checkWellFormed(raw: string, key: string, line: number): void {
  const value: unknown = JSON.parse(raw)
  if (typeof value === 'string' && value.isWellFormed()) return
  throw lineError(
    'malformed_json',
    line,
    `${excerpt(key)} holds half of a surrogate pair, which is no character`,
  )
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return at
}

/** The index after the string that opens at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '"') return at + 1
  }
  return text.length
}

/** The index after the value that begins at `from`. */
function valueEnd(text: string, from: number): number {
  const first = text[from]
  if (first === '"') return stringEnd(text, from)
  if (first !== '{' && first !== '[') {
    VALUE_END.lastIndex = from
    return VALUE_END.exec(text)?.index ?? text.length
  }
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') at = stringEnd(text, at) - 1
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return text.length
}
