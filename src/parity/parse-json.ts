/**
 * A strict JSON reader (RFC 8259) that loses nothing. `JSON.parse` rounds numbers, says nothing of repeated keys and
 * takes 1 for 1.0; what two implementations write has to be compared as they wrote it.
 */
import { err, ok, type Result } from '../kernel/result.ts'
import type { JsonNode } from './json-node.ts'

/** Deeper arrays and objects are refused: nobody reads them, and recursion has its limits. */
const DEEPEST = 500

/** Why a text is no JSON, and where: `offset` in UTF-16 units, line and column from 1. */
export interface JsonFault {
  readonly message: string
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** Reads one JSON value that fills the whole text. Never throws. */
export function parseJson(text: string): Result<JsonNode, JsonFault> {
  const reader = new Reader(text)
  try {
    return ok(reader.read())
  } catch (error) {
    if (error instanceof Unreadable) return err(placeFault(text, error))
    throw error
  }
}

class Unreadable extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

function placeFault(text: string, { message, offset }: Unreadable): JsonFault {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { message, offset, line, column: offset - (before.lastIndexOf('\n') + 1) + 1 }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const BLANK = /[ \t\n\r]*/y
/** Characters that stand for themselves in a string. */
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): JsonNode {
    const node = this.#value(0)
    if (this.#at < this.#text.length) this.#fail(`nothing may follow the value, but ${this.#next()} does`)
    return node
  }

  #fail(message: string, offset = this.#at): never {
    throw new Unreadable(message, offset)
  }

  /** What stands here, in words. */
  #next(): string {
    const code = this.#text.codePointAt(this.#at)
    return code === undefined ? 'the end of the text' : JSON.stringify(String.fromCodePoint(code))
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  /** A value with the blanks around it. */
  #value(depth: number): JsonNode {
    this.#match(BLANK)
    const node = this.#bareValue(depth)
    this.#match(BLANK)
    return node
  }

  #bareValue(depth: number): JsonNode {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return { kind: 'string', value: this.#string() }
      case 't':
        return this.#word('true', { kind: 'boolean', value: true })
      case 'f':
        return this.#word('false', { kind: 'boolean', value: false })
      case 'n':
        return this.#word('null', { kind: 'null' })
      default:
        return this.#number()
    }
  }

  #word(word: string, node: JsonNode): JsonNode {
    if (!this.#text.startsWith(word, this.#at)) this.#fail(`a value was expected, not ${this.#next()}`)
    this.#at += word.length
    return node
  }

  #number(): JsonNode {
    const text = this.#match(NUMBER)
    if (text === '') this.#fail(`a value was expected, not ${this.#next()}`)
    return { kind: 'number', text }
  }

  #array(depth: number): JsonNode {
    this.#enter(depth)
    const items: JsonNode[] = []
    this.#match(BLANK)
    if (this.#take(']')) return { kind: 'array', items }
    do items.push(this.#value(depth + 1))
    while (this.#take(','))
    if (!this.#take(']')) this.#fail(`"," or "]" was expected, not ${this.#next()}`)
    return { kind: 'array', items }
  }

  #object(depth: number): JsonNode {
    this.#enter(depth)
    const fields = new Map<string, JsonNode>()
    const repeated = new Set<string>()
    this.#match(BLANK)
    if (this.#take('}')) return { kind: 'object', fields, repeated }
    do {
      this.#match(BLANK)
      if (this.#text[this.#at] !== '"') this.#fail(`a key in quotes was expected, not ${this.#next()}`)
      const key = this.#string()
      this.#match(BLANK)
      if (!this.#take(':')) this.#fail(`":" was expected, not ${this.#next()}`)
      const value = this.#value(depth + 1)
      if (fields.has(key)) repeated.add(key)
      fields.set(key, value)
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail(`"," or "}" was expected, not ${this.#next()}`)
    return { kind: 'object', fields, repeated }
  }

  /** Past the opening bracket. */
  #enter(depth: number): void {
    if (depth >= DEEPEST) this.#fail(`arrays and objects nest deeper than ${DEEPEST}`)
    this.#at += 1
  }

  #string(): string {
    const start = this.#at
    this.#at += 1
    let value = this.#match(PLAIN)
    for (;;) {
      if (this.#take('"')) return value
      if (!this.#take('\\')) {
        if (this.#at >= this.#text.length) this.#fail('this string does not end', start)
        this.#fail(`a string must not hold ${this.#next()} as it is`)
      }
      value += this.#escape() + this.#match(PLAIN)
    }
  }

  /** Past the backslash. */
  #escape(): string {
    const letter = this.#text[this.#at] ?? ''
    this.#at += 1
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits))
        this.#fail('"\\u" must have four hexadecimal digits', this.#at - 2)
      this.#at += 4
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const meant = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
    return meant ?? this.#fail(`"\\${letter}" is no escape of JSON`, this.#at - 2)
  }
}
