/** Which headers go through a proxy, and which belong to one connection only (RFC 9110, section 7.6.1). */

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Node's raw headers (name, value, name, value …) without those of the connection, those that `Connection` names,
 * and those in `dropped` (lower case). Order, spelling and repetitions stay.
 */
export function filterHeaders(raw: readonly string[], dropped: readonly string[]): string[] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? ''])
  const unwanted = new Set([...HOP_BY_HOP, ...dropped])
  for (const [name, value] of pairs) {
    if (name.toLowerCase() !== 'connection') continue
    for (const option of value.split(',')) unwanted.add(option.trim().toLowerCase())
  }
  return pairs.filter(([name]) => !unwanted.has(name.toLowerCase())).flat()
}
