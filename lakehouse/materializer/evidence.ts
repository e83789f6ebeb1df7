/** A source line as an evidence record, or the reason why it is none. */
import { createHash } from 'node:crypto'
import type { SourceLine } from './lines.ts'

export const SKIP_REASONS = [
  'blank',
  'too_long',
  'not_utf8',
  'torn',
  'not_json',
  'not_object',
  'no_time',
  'bad_time',
] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

export type Outcome =
  | { readonly kind: 'evidence'; readonly id: string; readonly day: string; readonly text: string }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }

const skipped = (reason: SkipReason): Outcome => ({ kind: 'skipped', reason })
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** ISO 8601 with its offset: without one the day would depend on where the job runs. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/

function decode(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    // Bytes that are no UTF-8 are one of the outcomes.
    return undefined
  }
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // Text that is no JSON is one of the outcomes.
    return undefined
  }
}

/** Days of the month are not left to `Date`, which makes 2 March of 30 February. */
function readTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !TIME.test(value)) return undefined
  const time = new Date(value)
  const date = value.slice(0, 10)
  const exists = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(time.getTime()) || Number.isNaN(exists.getTime())) return undefined
  return exists.toISOString().startsWith(date) ? time : undefined
}

/**
 * Makes evidence of a line. Its id is the SHA-256 of the line's bytes; the record is the line's own text, so that
 * no number loses digits; the day is that, in UTC, of the first of `timeFields` that the record has.
 */
export function toEvidence(file: string, line: SourceLine, timeFields: readonly string[]): Outcome {
  if (line.tooLong) return skipped('too_long')
  const text = decode(line.bytes)
  if (text === undefined) return skipped(line.unterminated ? 'torn' : 'not_utf8')
  if (text.trim() === '') return skipped('blank')
  const parsed = parseJson(text)
  if (parsed === undefined) return skipped(line.unterminated ? 'torn' : 'not_json')
  const record = parsed.value
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return skipped('not_object')
  const field = timeFields.find((name) => Object.hasOwn(record, name))
  if (field === undefined) return skipped('no_time')
  const time = readTime((record as Record<string, unknown>)[field])
  if (time === undefined) return skipped('bad_time')

  const sha256 = createHash('sha256').update(line.bytes).digest('hex')
  const at = time.toISOString()
  const day = at.slice(0, at.indexOf('T'))
  const provenance = { file, line: line.number, sha256 }
  const head = JSON.stringify({ id: sha256, day, at, provenance })
  return { kind: 'evidence', id: sha256, day, text: `${head.slice(0, -1)},"record":${text.trim()}}\n` }
}
