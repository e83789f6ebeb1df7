/** Reads an HTTP/1.1 answer off the bytes of a connection (RFC 9112): for `raw`, where no client stands between. */

export interface ParsedAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  readonly body: Buffer
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** Undefined: these bytes are not (yet) the head of an HTTP answer. Interim 1xx answers are passed over. */
export function parseAnswer(bytes: Buffer): ParsedAnswer | undefined {
  const end = bytes.indexOf(HEAD_END)
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (status === undefined) return undefined
  const rest = bytes.subarray(end + HEAD_END.length)
  if (status.startsWith('1') && status !== '101') return parseAnswer(rest)
  const headers = parseHeaders(lines)
  const chunked = /(^|,\s*)chunked$/i.test(String(headers['transfer-encoding'] ?? ''))
  const length = Number(headers['content-length'] ?? Number.NaN)
  const body = chunked ? decodeChunks(rest) : Number.isInteger(length) ? rest.subarray(0, length) : rest
  return { status: Number(status), headers, body }
}

/** True when these bytes hold a whole answer, so that nobody need wait for the peer to close. */
export function isWholeAnswer(bytes: Buffer): boolean {
  const end = bytes.indexOf(HEAD_END)
  const answer = end === -1 ? undefined : parseAnswer(bytes)
  if (!answer) return false
  if (answer.status === 204 || answer.status === 304) return true
  if (/(^|,\s*)chunked$/i.test(String(answer.headers['transfer-encoding'] ?? ''))) {
    return bytes.includes('0\r\n\r\n', end)
  }
  const length = Number(answer.headers['content-length'] ?? Number.NaN)
  return Number.isInteger(length) && answer.body.length >= length
}

function parseHeaders(lines: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon === -1) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const earlier = headers[name]
    headers[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value]
  }
  return headers
}

function decodeChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) break
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    if (!(size > 0)) break
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(chunks)
}
