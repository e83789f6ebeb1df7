/** What the body of an answer is: JSON, text, bytes, nothing, or something that was announced as JSON and is none. */
import { createHash } from 'node:crypto'
import type { JsonNode } from './json-node.ts'
import type { MediaType } from './media-type.ts'
import { type JsonFault, parseJson } from './parse-json.ts'

export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly node: JsonNode; readonly text: string }
  | { readonly kind: 'invalid JSON'; readonly text: string; readonly fault: JsonFault }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly length: number; readonly sha256: string }

/**
 * @param mediaType what the answer says it is; undefined: nothing, or nothing that can be read. A body that is a JSON
 *   object or array is JSON whatever it is called: that two sides call it differently is told by their media types.
 * @param encoded it has a Content-Encoding, which is not undone.
 */
export function readBody(bytes: Buffer, mediaType: MediaType | undefined, encoded: boolean): Body {
  if (bytes.length === 0) return { kind: 'empty' }
  const text = encoded ? undefined : decodeUtf8(bytes)
  if (text === undefined) {
    return { kind: 'bytes', length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  const announced = mediaType?.isJson === true
  if (!announced && !/^\s*[[{]/.test(text)) return { kind: 'text', text }
  const parsed = parseJson(text)
  if (parsed.ok) return { kind: 'json', node: parsed.value, text }
  return announced ? { kind: 'invalid JSON', text, fault: parsed.error } : { kind: 'text', text }
}

/** Without a byte order mark, which readers of JSON may skip (RFC 8259, 8.1). */
function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    // A TypeError is how the decoder reports bytes that are no UTF-8.
    if (error instanceof TypeError) return undefined
    throw error
  }
}
