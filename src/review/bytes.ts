/**
 * Diffs are bytes: files in them may be of any encoding, or of several. Here they are strings of one character a byte
 * (latin1), so that they are cut, compared and put together without loss; only what is sent or shown becomes UTF-8.
 */

/** One character a byte. */
export type ByteText = string

export const toByteText = (bytes: Uint8Array): ByteText =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

export const toBytes = (text: ByteText): Buffer => Buffer.from(text, 'latin1')

/** As people and models read it; bytes that are no UTF-8 become U+FFFD. */
export const decode = (text: ByteText): string => toBytes(text).toString('utf8')

/** Bytes of the text when it is sent: more than its own where U+FFFD stands for a byte. */
export const sentSize = (text: ByteText): number =>
  isAscii(text) ? text.length : Buffer.byteLength(decode(text))

/** Whether the text reads otherwise than it is, because it is not all UTF-8. */
export const isLossy = (text: ByteText): boolean =>
  !isAscii(text) && !toBytes(text).equals(Buffer.from(decode(text)))

const isAscii = (text: string): boolean => !/[\u0080-\u00ff]/.test(text)

/** Lines with their line ends; the last one may have none. Joined, they are the text. */
export function splitLines(text: ByteText): ByteText[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
