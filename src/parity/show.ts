/** Values in few printable words: bounded, without control characters, without secrets. */
import type { Redactor } from '../kernel/redact.ts'
import { bounded, printable } from '../kernel/text.ts'
import type { Body } from './body.ts'
import { ABSENT } from './diff-shape.ts'
import type { JsonNode } from './json-node.ts'

export interface Show {
  /** A JSON value on one line; undefined is `(absent)`. */
  node(node: JsonNode | undefined, max?: number): string
  /** Two values; of long texts with a long common beginning, the parts where they part ways. */
  pair(left: JsonNode | undefined, right: JsonNode | undefined, max?: number): readonly [string, string]
  /** Any text, on one line. */
  text(text: string, max?: number): string
  /** A whole body, in one line. */
  body(body: Body, max?: number): string
}

/** @param redactor secrets are taken out before anything is cut, so that no part of one is left. */
export function createShow(redactor: Redactor): Show {
  const clean = (text: string): string => printable(redactor.text(text)).replace(/[\n\t\u2028\u2029]/g, ' ')
  const text: Show['text'] = (input, max = 200) => bounded(clean(input), max)
  const node: Show['node'] = (input, max = 60) => {
    if (input === undefined) return ABSENT
    const writer = new BoundedWriter(max, (string) =>
      clean(JSON.stringify(redactor.text(string).slice(0, max + 1))),
    )
    writer.write(input)
    return writer.text
  }
  const pair: Show['pair'] = (left, right, max = 60) => {
    if (left?.kind !== 'string' || right?.kind !== 'string') return [node(left, max), node(right, max)]
    const [l, r] = [redactor.text(left.value), redactor.text(right.value)]
    const skip = lengthOfCommonStart(l, r) - Math.floor(max / 4)
    if (l === r || skip < max / 4) return [node(left, max), node(right, max)]
    const rest = (value: string) => `…${node({ kind: 'string', value: value.slice(skip) }, max - 1)}`
    return [rest(l), rest(r)]
  }
  const body: Show['body'] = (input, max = 60) => {
    switch (input.kind) {
      case 'empty':
        return '(empty)'
      case 'bytes':
        return `(${input.length} bytes, sha256 ${input.sha256.slice(0, 16)}…)`
      case 'json':
        return node(input.node, max)
      default:
        return text(input.text, max)
    }
  }
  return { node, pair, text, body }
}

function lengthOfCommonStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

/** Writes compact JSON up to a number of characters; what is longer ends in `…`. */
class BoundedWriter {
  text = ''
  readonly #max: number
  readonly #quote: (text: string) => string
  #full = false

  constructor(max: number, quote: (text: string) => string) {
    this.#max = max
    this.#quote = quote
  }

  write(node: JsonNode): void {
    if (node.kind === 'array') this.#list('[', ']', node.items, (item) => this.write(item))
    else if (node.kind === 'object') this.#list('{', '}', node.fields, (field) => this.#field(field))
    else this.#add(this.#scalar(node))
  }

  #field([key, value]: readonly [string, JsonNode]): void {
    this.#add(`${this.#quote(key)}:`)
    this.write(value)
  }

  #scalar(node: Exclude<JsonNode, { kind: 'array' | 'object' }>): string {
    if (node.kind === 'string') return this.#quote(node.value)
    if (node.kind === 'number') return node.text
    return node.kind === 'null' ? 'null' : String(node.value)
  }

  #list<T>(open: string, close: string, items: Iterable<T>, each: (item: T) => void): void {
    this.#add(open)
    let first = true
    for (const item of items) {
      if (this.#full) return
      if (!first) this.#add(',')
      first = false
      each(item)
    }
    this.#add(close)
  }

  #add(text: string): void {
    if (this.#full) return
    const room = this.#max - this.text.length
    if (text.length <= room) {
      this.text += text
    } else {
      this.text += `${text.slice(0, Math.max(0, room - 1))}…`
      this.#full = true
    }
  }
}
