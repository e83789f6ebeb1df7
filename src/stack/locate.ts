/**
 * Where keys and values stand in the text. Needed only to report an error, so the parser that keeps positions
 * (toml-eslint-parser) is loaded on first use: a valid file never pays for it.
 */
import { createRequire } from 'node:module'
import type { AST } from 'toml-eslint-parser'
import type { Diagnostic, Place } from './diagnostic.ts'
import type { Path, Problem } from './problem.ts'
import { DEEPEST } from './toml-values.ts'

type PositionParser = Pick<typeof import('toml-eslint-parser'), 'parseTOML'>

/** Loaded synchronously, so that parsing and resolving a stack stay plain functions. */
export function loadPositionParser(): PositionParser {
  return createRequire(import.meta.url)('toml-eslint-parser') as PositionParser
}

/** Offsets in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Entry {
  key?: Span
  value?: Span
}

/** A text and its line starts: turns spans into places. */
export class SourceText {
  readonly file: string
  readonly text: string
  readonly #lineStarts: readonly number[]

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    this.#lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)]
  }

  /** What of the span is on its first line. */
  place(span: Span): Place {
    const start = Math.min(span.start, this.text.length)
    const line = this.#lineOf(start)
    const from = this.#lineStarts[line] ?? 0
    const source = this.line(line)
    const column = [...this.text.slice(from, start)].length
    const end = Math.min(span.end, from + source.length)
    const length = Math.max(1, [...this.text.slice(start, end)].length)
    return { file: this.file, line: line + 1, column: column + 1, length, source }
  }

  /** A line, counted from 0, without its line end. */
  line(index: number): string {
    const from = this.#lineStarts[index] ?? this.text.length
    const to = this.#lineStarts[index + 1] ?? this.text.length + 1
    return this.text.slice(from, to - 1).replace(/\r$/, '')
  }

  #lineOf(offset: number): number {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** Places problems in the text, sorted by position. */
export function placeProblems(
  problems: readonly Problem[],
  source: SourceText,
  text = source.text,
): Diagnostic[] {
  const index = indexText(text)
  const find = (path: Path, at: 'key' | 'value', within?: string): Place =>
    source.place(narrow(findSpan(index, path, at), text, within))
  return sortDiagnostics(
    problems.map(({ path, otherwise, at, within, message, hint, related }) => ({
      ...find(otherwise === undefined || index.has(JSON.stringify(path)) ? path : otherwise, at, within),
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(related === undefined
        ? {}
        : { related: related.map((one) => ({ ...find(one.path, one.at), message: one.message })) }),
    })),
  )
}

/** A new list, by line and column; what stands in one place keeps its order. All must be of one file. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** The key of a dotted path, as the value parser spells it: `daemons.x`, keys with dots in quotes. */
export function findKey(text: string, dotted: string): Span | undefined {
  const spell = (path: Path) => path.map((key) => (String(key).includes('.') ? `"${key}"` : key)).join('.')
  for (const [name, entry] of indexText(text)) {
    if (spell(JSON.parse(name) as Path) === dotted) return entry.key ?? entry.value
  }
  return undefined
}

const WHOLE: Span = { start: 0, end: 0 }

function findSpan(index: ReadonlyMap<string, Entry>, path: Path, at: 'key' | 'value'): Span {
  const entry = index.get(JSON.stringify(path))
  const span = at === 'key' ? (entry?.key ?? entry?.value) : (entry?.value ?? entry?.key)
  if (span !== undefined) return span
  return path.length === 0 ? WHOLE : findSpan(index, path.slice(0, -1), at)
}

function narrow(span: Span, text: string, within: string | undefined): Span {
  if (within === undefined) return span
  const offset = text.slice(span.start, span.end).indexOf(within)
  return offset < 0 ? span : { start: span.start + offset, end: span.start + offset + within.length }
}

function indexText(text: string): Map<string, Entry> {
  const index = new Map<string, Entry>()
  const program = parseOrUndefined(text)
  if (program === undefined) return index
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') indexKeyValue(index, node, [])
    else indexTable(index, node)
  }
  return index
}

/**
 * The two parsers agree on what is TOML, but for rare corners; there, a place is worth less than the message.
 * A RangeError: this parser overflows its stack on strings of hundreds of thousands of characters.
 */
function parseOrUndefined(text: string): AST.TOMLProgram | undefined {
  try {
    return loadPositionParser().parseTOML(text)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}

const spanOf = (node: AST.TOMLNode): Span => ({ start: node.range[0], end: node.range[1] })

function indexTable(index: Map<string, Entry>, table: AST.TOMLTable): void {
  const path = table.resolvedKey.slice(0, DEEPEST)
  let depth = 0
  for (const key of table.key.keys.slice(0, DEEPEST)) {
    depth += 1
    // A table array's index belongs to the key before it.
    while (typeof path[depth] === 'number' && depth < path.length - 1) depth += 1
    note(index, path.slice(0, depth), 'key', spanOf(key))
  }
  const last = table.key.keys.at(-1)
  if (last !== undefined) {
    // `[daemons.x]` is a better place for the table than `[daemons.x.env]` above it.
    index.set(JSON.stringify(path), { key: spanOf(last), value: spanOf(last) })
  }
  for (const node of table.body) indexKeyValue(index, node, path)
}

function indexKeyValue(index: Map<string, Entry>, node: AST.TOMLKeyValue, parent: Path): void {
  const path = [...parent]
  // Nothing is reported about keys deeper than this; each path is spelt out, so long ones would cost their square.
  for (const key of node.key.keys.slice(0, DEEPEST)) {
    path.push(key.type === 'TOMLBare' ? key.name : key.value)
    note(index, path, 'key', spanOf(key))
  }
  indexValue(index, node.value, path)
}

function indexValue(index: Map<string, Entry>, node: AST.TOMLContentNode, path: Path): void {
  note(index, path, 'value', spanOf(node))
  if (node.type === 'TOMLArray') {
    for (const [position, element] of node.elements.entries()) indexValue(index, element, [...path, position])
  } else if (node.type === 'TOMLInlineTable') {
    for (const one of node.body) indexKeyValue(index, one, path)
  }
}

/** The first place wins. */
function note(index: Map<string, Entry>, path: Path, at: 'key' | 'value', span: Span): void {
  const name = JSON.stringify(path)
  const entry = index.get(name) ?? {}
  entry[at] ??= span
  index.set(name, entry)
}
