/** Says of each clause of an expectation that holds what was expected and what came, for the report of a run. */
import type { Mismatch } from '../../kernel/failure.ts'
import { printable } from '../../kernel/text.ts'
import type { BytesDigest, SqlExpectation } from '../context.ts'
import { type CheckedAnswer, parseJson } from './answer.ts'
import { pickExpected } from './pick.ts'
import { show } from './show.ts'

/** Larger bodies are not parsed again, only shown from their beginning. */
const MAX_PARSED_BYTES = 64 * 1_024

/**
 * @param mismatches what does not hold; their clauses are left out.
 * @param max characters of a text.
 */
export function describeClauses(
  expectation: SqlExpectation | undefined,
  answer: CheckedAnswer,
  mismatches: readonly Mismatch[],
  max: number,
): Mismatch[] {
  const { within: _, headers = {}, ...clauses } = expectation ?? {}
  const failed = new Set(mismatches.map((mismatch) => clauseOf(mismatch.what, clauses)))
  const held: Mismatch[] = []
  const add = (what: string, expected: unknown, received: () => string): void => {
    if (failed.has(what)) return
    held.push({ what, expected: limit(showExpected(expected, max), max), received: limit(received(), max) })
  }
  for (const [clause, expected] of Object.entries(clauses)) {
    // A place in the JSON names its path, and rows and columns are such places too.
    if (clause === 'json' && failed.has('$')) continue
    add(clause, expected, () => receivedFor(clause, expected, answer, max))
  }
  for (const [name, expected] of Object.entries(headers)) {
    const key = name.toLowerCase()
    add(`header ${key}`, expected, () => printable(String(answer.headers[key] ?? 'nothing')))
  }
  return held
}

/** A path belongs to `rows` or `columns` where those are expected, else to `json`, here `$`; the rest are names of clauses. */
function clauseOf(what: string, clauses: object): string {
  if (!what.startsWith('$')) return what
  const top = /^\$\.(\w+)/.exec(what)?.[1]
  return (top === 'rows' || top === 'columns') && top in clauses ? top : '$'
}

function receivedFor(clause: string, expected: unknown, answer: CheckedAnswer, max: number): string {
  if (clause === 'status') return String(answer.status)
  if (clause === 'bytes') return `${answer.size} bytes`
  if (clause === 'json' && answer.size <= MAX_PARSED_BYTES) {
    const parsed = parseJson(answer.body)
    return parsed.ok ? show(pickExpected(expected, parsed.value), max) : parsed.why
  }
  return printable(answer.start.subarray(0, max).toString('utf8'))
}

function showExpected(expected: unknown, max: number): string {
  if (expected instanceof Uint8Array) return `${expected.length} bytes`
  return isDigest(expected) ? show({ ...expected }, max) : show(expected, max)
}

const isDigest = (value: unknown): value is BytesDigest =>
  typeof value === 'object' && value !== null && 'sha256' in value

const limit = (text: string, max: number): string => (text.length > max ? text.slice(0, max) : text)
