/** Media types as they are compared: what means the same is spelt the same (RFC 9110, 8.3.1). */

export interface MediaType {
  /** `application/json`, lower case, without parameters. */
  readonly essence: string
  /** One spelling: names in lower case and sorted, quotes only where needed. */
  readonly canonical: string
  readonly isJson: boolean
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const ESSENCE = new RegExp(`^\\s*(${TOKEN}/${TOKEN})\\s*(?=;|$)`)
const PARAMETER = new RegExp(`\\s*;\\s*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?\\s*`, 'y')

/**
 * Reads a Content-Type. `charset` is dropped from JSON, where it has no meaning (RFC 8259, 11), and is compared without
 * regard to case elsewhere.
 *
 * @returns undefined for what is no media type.
 */
export function readMediaType(header: string): MediaType | undefined {
  const essence = ESSENCE.exec(header)?.[1]?.toLowerCase()
  if (essence === undefined) return undefined
  const isJson = essence === 'application/json' || essence.endsWith('+json')
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = header.indexOf(';')
  if (PARAMETER.lastIndex < 0) PARAMETER.lastIndex = header.length
  while (PARAMETER.lastIndex < header.length) {
    const match = PARAMETER.exec(header)
    if (match === null) return undefined
    const [, name, token, quoted] = match
    if (name === undefined) continue
    const value = token ?? quoted?.replace(/\\(.)/g, '$1') ?? ''
    const key = name.toLowerCase()
    if (key === 'charset' && isJson) continue
    parameters.set(key, key === 'charset' ? value.toLowerCase() : value)
  }
  const shown = [...parameters].toSorted().map(([name, value]) => `; ${name}=${quote(value)}`)
  return { essence, canonical: `${essence}${shown.join('')}`, isJson }
}

const BARE = new RegExp(`^${TOKEN}$`)
const quote = (value: string): string => (BARE.test(value) ? value : JSON.stringify(value))
