/** A small part of YAML, as TAP has it under a test point: maps and lists in block form, every text quoted. */

export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue }

/** The lines of a map, without indent. Keys and texts may hold anything. An empty list or map is in flow form. */
export function renderYaml(map: { readonly [key: string]: YamlValue }): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const name = /^[a-z]\w*$/i.test(key) ? key : quoteYaml(key)
    const nested = renderNested(value)
    return nested === undefined ? [`${name}: ${renderScalar(value)}`] : [`${name}:`, ...indent(nested)]
  })
}

function renderNested(value: YamlValue): string[] | undefined {
  if (typeof value !== 'object') return undefined
  if (isList(value)) return value.length === 0 ? undefined : value.flatMap(renderItem)
  const lines = renderYaml(value)
  return lines.length === 0 ? undefined : lines
}

function renderItem(value: YamlValue): string[] {
  const [first, ...rest] = renderNested(value) ?? [renderScalar(value)]
  return [`- ${first}`, ...indent(rest)]
}

const isList = (value: object): value is readonly YamlValue[] => Array.isArray(value)
const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

function renderScalar(value: YamlValue): string {
  if (typeof value === 'string') return quoteYaml(value)
  if (typeof value === 'object') return isList(value) ? '[]' : '{}'
  return String(value)
}

// Not printable in YAML, or taken for line breaks or a mark of byte order by some of its readers.
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** A text in double quotes: JSON's escapes are YAML's. Halves of surrogate pairs become U+FFFD. */
function quoteYaml(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
