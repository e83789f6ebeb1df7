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
  const needles = [...new Set(secrets.flatMap(spellSecret))].sort((a, b) => b.length - a.length)

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

/**
 * How a secret may be spelled: as it is, in a URL, in a form, inside a JSON string, in Base64 wherever it begins
 * there (`Authorization: Basic`), and a long one line by line. None for a blank one.
 */
export function spellSecret(secret: string): string[] {
  if (secret.trim() === '') return []
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= 8)
  const inUrl = encode(secret)
  const forms = [
    secret,
    inUrl,
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    ...spellInBase64(secret),
    ...(lines.length > 1 ? lines : []),
  ]
  return [...new Set(forms)].filter((form) => form.trim() !== '')
}

/** Fewer characters of Base64 may be anything else. */
const LEAST_BASE64 = 10

/** The characters that tell of nothing but the secret, for each of its three places in a group of three bytes. */
function spellInBase64(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2]
    .map((before) => {
      const coded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
      return coded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    })
    .filter((form) => form.length >= LEAST_BASE64)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

function encode(secret: string): string {
  // A lone surrogate has no URL form; well-formed text is what can be encoded.
  return encodeURIComponent(secret.toWellFormed())
}
