/** TOML values → TOML text, for `{config}`. Reads back as the same values: integers, floats and dates stay apart. */
import { isTable, type TomlTable, TomlTime, type TomlValue } from './toml-values.ts'

/** A whole document, ending in a newline. */
export function writeToml(table: TomlTable): string {
  const lines = tableLines(table, [])
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Plain values first, then a section for each table, since keys after a header belong to it. */
function tableLines(table: TomlTable, path: readonly string[]): string[] {
  const entries = Object.entries(table)
  const lines = entries
    .filter(([, value]) => !isTable(value))
    .map(([key, value]) => `${writeKey(key)} = ${writeValue(value)}`)
  for (const [key, value] of entries) {
    if (!isTable(value)) continue
    const inner = [...path, key]
    const body = tableLines(value as TomlTable, inner)
    const plain = Object.values(value).some((item) => !isTable(item))
    if (plain || body.length === 0) body.unshift(`[${inner.map(writeKey).join('.')}]`)
    lines.push(...(lines.length > 0 ? [''] : []), ...body)
  }
  return lines
}

function writeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : writeString(key)
}

function writeValue(value: TomlValue): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeFloat(value)
  if (value instanceof TomlTime) return value.text
  if (Array.isArray(value)) return `[${value.map(writeValue).join(', ')}]`
  if (!isTable(value)) return String(value)
  const entries = Object.entries(value as TomlTable).map(
    ([key, item]) => `${writeKey(key)} = ${writeValue(item)}`,
  )
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** JSON's escapes are TOML's; DEL is a control character to TOML only, and a lone surrogate is no character to it. */
function writeString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007F')
}

function writeFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}
