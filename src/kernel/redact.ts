/** Takes secret values out of whatever is written or shown. By value: it does not matter where they turn up. */

const MASK = '[redacted]'

export interface Redactor {
  text(text: string): string
  /** The same JSON value with every string redacted, keys too. Fields named in `keep` stay as they are. */
  value<T>(value: T): T
}

/**
 * @param secrets values never to be shown. A blank one is ignored: it would be found everywhere.
 * @param keep fields whose strings are names and not content, so that a secret equal to a smoke's name cannot
 *   garble the record.
 */
export function createRedactor(secrets: readonly string[], keep: ReadonlySet<string> = new Set()): Redactor {
  const needles = [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length)

  const text = (input: string): string => needles.reduce((out, needle) => out.replaceAll(needle, MASK), input)

  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => (keep.has(key) ? [key, inner] : [text(key), walk(inner)])),
    )
  }

  return { text, value: <T>(value: T): T => (needles.length === 0 ? value : (walk(value) as T)) }
}

/** How a secret may be spelled in a log: as it is, in a URL, inside a JSON string, and a long one line by line. */
function spellings(secret: string): string[] {
  if (secret.trim() === '') return []
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= 8)
  const forms = [
    secret,
    encode(secret),
    JSON.stringify(secret).slice(1, -1),
    ...(lines.length > 1 ? lines : []),
  ]
  return forms.filter((form) => form.trim() !== '')
}

function encode(secret: string): string {
  // A lone surrogate has no URL form; well-formed text is what can be encoded.
  return encodeURIComponent(secret.toWellFormed())
}
