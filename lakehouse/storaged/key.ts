/** Object keys: how they stand in a URL, which are legal, and their order. */
import { type ApiError, badRequest } from '../kit/errors.ts'

/** Bytes of a key's UTF-8 form. */
const MAX_KEY_BYTES = 1024
export const OBJECTS_PREFIX = '/v1/objects/'

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** 400 `bad_key` with the reason. */
export function badKey(reason: string): ApiError {
  return badRequest(`bad key: ${reason}`, { code: 'bad_key' })
}

/** Why the key is illegal; undefined when it is legal. */
function keyFault(key: string): string | undefined {
  if (key === '') return 'it is empty'
  const bytes = Buffer.byteLength(key)
  if (bytes > MAX_KEY_BYTES) return `it has ${bytes} bytes; at most ${MAX_KEY_BYTES} are allowed`
  const control = CONTROL.exec(key)?.[0]?.charCodeAt(0)
  if (control !== undefined) {
    return `it holds the control character U+${control.toString(16).toUpperCase().padStart(4, '0')}`
  }
  if (key.startsWith('/')) return 'it begins with "/"'
  if (key.split('/').includes('..')) return 'it has a ".." component'
  return undefined
}

/** Percent-decodes to bytes, exactly once; undefined for a "%" without two hex digits. */
function percentDecode(text: string): Buffer | undefined {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit === 0x25) {
      const hex = text.slice(i + 1, i + 3)
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return undefined
      bytes.push(Number.parseInt(hex, 16))
      i += 2
    } else {
      // Node hands over each byte of the request line as one character.
      bytes.push(unit & 0xff)
    }
  }
  return Buffer.from(bytes)
}

/** The key in a request's raw URL. Throws 400 `bad_key`. */
export function keyFromUrl(rawUrl: string): string {
  const path = rawUrl.split('?', 1)[0] ?? ''
  const bytes = percentDecode(path.slice(OBJECTS_PREFIX.length))
  if (bytes === undefined) throw badKey('its percent-encoding is broken')
  let key: string
  try {
    key = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw badKey('it is not valid UTF-8')
    throw error
  }
  const fault = keyFault(key)
  if (fault !== undefined) throw badKey(fault)
  return key
}

// UTF-16 sorts surrogate pairs below U+E000; moving both ranges gives the order of code points, that of UTF-8.
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000)

/** Compares by UTF-8 bytes, without encoding. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}
