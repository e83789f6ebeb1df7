/**
 * TOML values without loss: integers stay apart from floats (bigint and number), dates and times keep their
 * text. What a daemon is handed in `{config}` must be what the file says.
 */
import toml from 'toml'

/** A date, a time or both, as written; not a string, so that it is written back without quotes. */
export class TomlTime {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export interface TomlTable {
  readonly [key: string]: TomlValue
}
export type TomlValue = string | boolean | number | bigint | TomlTime | readonly TomlValue[] | TomlTable

const keep = { from: (text: string) => new TomlTime(text) }
const times = {
  // The parser appends the zone's name in brackets, as Temporal wants it (RFC 9557).
  ZonedDateTime: { from: (text: string) => new TomlTime(text.replace(/\[.*\]$/, '')) },
  PlainDateTime: keep,
  PlainDate: keep,
  PlainTime: keep,
}

/** Throws what the parser throws: an error with `location`, or with `line` and `column`. */
export function parseToml(text: string): TomlTable {
  return toml.parse(text, { bigint: true, useTemporal: true, temporal: times, maxDepth: DEEPEST })
}

/** The same, or nothing when the text is no TOML. */
export function tryParseToml(text: string): TomlTable | undefined {
  try {
    return parseToml(text)
  } catch (error) {
    // Whatever the parser throws means the text is no TOML; `explainSyntax` parses again and says why.
    if (error instanceof Error) return undefined
    throw error
  }
}

export type Table = { readonly [key: string]: unknown }

/** Neither a list nor a date or time, which are objects, too. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlTime)
}

/** Deeper tables and lists than this have no use here, and recursion has its limits. */
export const DEEPEST = 100

/** The first key under which tables and lists nest deeper than `DEEPEST`. */
export function findTooDeep(table: TomlTable): string | undefined {
  const deep = (value: TomlValue, depth: number): boolean => {
    if (typeof value !== 'object' || value instanceof TomlTime) return false
    return depth > DEEPEST || Object.values(value).some((item: TomlValue) => deep(item, depth + 1))
  }
  return Object.keys(table).find((key) => deep(table[key] ?? '', 1))
}

/** The value if it is a table, else an empty one. */
export function tableOf(value: unknown): Table {
  return isTable(value) ? value : {}
}

/** `3` as a number, for everything that is no `[config]`. Integers too large for that stay bigint. */
export function toPlain(value: TomlValue): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (Array.isArray(value)) return value.map(toPlain)
  if (!isTable(value)) return value
  const table: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value as TomlTable)) table[key] = toPlain(item)
  return table
}

/** What a value is, in the words of a message: "a list", "a whole number". */
export function describeType(value: unknown): string {
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  if (typeof value === 'bigint') return 'a number beyond 2^53'
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'infinity'
    return Number.isInteger(value) ? 'a whole number' : 'a fraction'
  }
  if (Array.isArray(value)) return 'a list'
  if (value instanceof TomlTime) return 'a date or time'
  return 'a table'
}
