/** Keeps secrets out of failures: they go into the journal and every report. */

const HIDDEN = '[redacted]'

/** A deep copy of plain JSON with every secret in its texts replaced. Longer secrets first: one may hold another. */
export function redactSecrets<T>(value: T, secrets: readonly string[]): T {
  const ordered = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
  if (ordered.length === 0) return value
  return replaceIn(value, ordered) as T
}

function replaceIn(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    return secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), value)
  }
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIn(item, secrets)]))
}
