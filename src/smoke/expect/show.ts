/** Values as short printable text for messages: bounded in width, depth and work, whatever the value is. */
import { bounded, printable } from '../../kernel/text.ts'
import { isMatcher } from './matcher.ts'

const MAX_ITEMS = 30
const MAX_DEPTH = 6

/** JSON-like text of any value, at most about `max` characters. `undefined` reads "nothing". */
export function show(value: unknown, max = 300): string {
  return bounded(printable(render(value, max, 0)), max)
}

function render(value: unknown, max: number, depth: number): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return quote(value, max)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (isMatcher(value)) return value.describe()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString()
  if (value instanceof Uint8Array) return showBytes(value)
  if (Array.isArray(value)) return renderArray(value, max, depth)
  return renderObject(value, max, depth)
}

function renderArray(items: readonly unknown[], max: number, depth: number): string {
  if (depth >= MAX_DEPTH) return `[… ${items.length} items]`
  const shown = items.slice(0, MAX_ITEMS).map((item) => render(item, max, depth + 1))
  if (items.length > MAX_ITEMS) shown.push(`… ${items.length - MAX_ITEMS} more`)
  return `[${shown.join(', ')}]`
}

function renderObject(value: object, max: number, depth: number): string {
  const entries = Object.entries(value)
  if (entries.length === 0) return value.constructor?.name === 'Object' ? '{}' : `{} (${typeName(value)})`
  if (depth >= MAX_DEPTH) return `{… ${entries.length} keys}`
  const shown = entries
    .slice(0, MAX_ITEMS)
    .map(([key, item]) => `${JSON.stringify(key)}: ${render(item, max, depth + 1)}`)
  if (entries.length > MAX_ITEMS) shown.push(`… ${entries.length - MAX_ITEMS} more`)
  return `{ ${shown.join(', ')} }`
}

const typeName = (value: object): string => value.constructor?.name ?? 'no prototype'

function quote(text: string, max: number): string {
  if (text.length <= max) return JSON.stringify(text)
  return `${JSON.stringify(text.slice(0, max))}… (${text.length - max} more characters)`
}

/** `12 bytes (68 65 6c …)`. */
function showBytes(bytes: Uint8Array): string {
  const head = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const hex = bytes.length > 8 ? `${head} …` : head
  return `${bytes.length} bytes${hex === '' ? '' : ` (${hex})`}`
}
