/** Holds an answer against what was expected of it; counts the clauses. */
import { createHash } from 'node:crypto'
import type { BodyDigest } from '../../host/http.ts'
import type { Mismatch } from '../../kernel/failure.ts'
import { bounded, didYouMean, printable } from '../../kernel/text.ts'
import type { Answer, BytesDigest, Expectation, SqlExpectation } from '../context.ts'
import { compare, firstDifference } from './compare.ts'
import type { Difference } from './matcher.ts'
import { show } from './show.ts'

/** What the check of an answer came to. `expectations` is the number of clauses, met or not. */
export interface Checked {
  readonly expectations: number
  readonly mismatches: readonly Mismatch[]
}

/** An answer as its checks see it. A long body that was hashed as it came is there as its start and digest. */
export interface CheckedAnswer extends Answer<unknown> {
  /** The body, or as much of it as was kept. */
  readonly start: Buffer
  readonly digest: BodyDigest | undefined
}

/** May the body be hashed as it comes, because nothing but its digest is expected of it? */
export function wantsOnlyDigest(expectation: Expectation | undefined): boolean {
  const { bytes, json, text } = expectation ?? {}
  return bytes !== undefined && !(bytes instanceof Uint8Array) && json === undefined && text === undefined
}

const CLAUSES = ['status', 'headers', 'json', 'text', 'bytes', 'within'] as const
const SQL_CLAUSES = [...CLAUSES, 'rows', 'columns'] as const

/** Why this is no expectation (a misspelt clause, say), or undefined. */
export function findExpectationProblem(expectation: unknown, o: { sql: boolean }): string | undefined {
  if (expectation === undefined) return undefined
  if (typeof expectation !== 'object' || expectation === null) {
    return `an expectation is an object like { status: 200 }, not ${show(expectation)}`
  }
  const known: readonly string[] = o.sql ? SQL_CLAUSES : CLAUSES
  for (const [key, value] of Object.entries(expectation)) {
    if (!known.includes(key)) {
      return `unknown clause "${key}" in an expectation${didYouMean(key, known)} (${known.join(', ')})`
    }
    if (value === undefined) return `clause "${key}" of an expectation is undefined, which proves nothing`
  }
  return undefined
}

/** The number of expectations in it: each header counts, each other clause once. */
export function countClauses(expectation: SqlExpectation | Expectation | undefined): number {
  if (expectation === undefined) return 0
  const { within: _, headers, ...rest } = expectation
  return Object.keys(headers ?? {}).length + Object.keys(rest).length
}

/** Checks all clauses, so that one failure shows everything that is wrong with the answer. */
export function checkAnswer(expectation: Expectation, answer: CheckedAnswer): Checked {
  const { status, headers = {}, json, text, bytes } = expectation
  const mismatches: Mismatch[] = []
  if (status !== undefined) {
    const found = compare(status, answer.status, 'status').map(toMismatch)
    // The body of an unexpected answer usually says why.
    mismatches.push(...found.map((m) => ({ ...m, received: `${m.received} ${excerpt(answer)}`.trim() })))
  }
  for (const [name, expected] of Object.entries(headers)) {
    const value = answer.headers[name.toLowerCase()]
    const one = Array.isArray(value) ? value.join(', ') : value
    mismatches.push(...compare(expected, one, `header ${name.toLowerCase()}`).map(toMismatch))
  }
  if (json !== undefined) mismatches.push(...checkJson(json, answer))
  if (text !== undefined) mismatches.push(...compare(text, answer.text, 'text').map(toMismatch))
  if (bytes !== undefined) mismatches.push(...checkBytes(bytes, answer))
  return { expectations: countClauses(expectation), mismatches }
}

function checkJson(expected: unknown, answer: CheckedAnswer): Mismatch[] {
  const parsed = parseJson(answer.body)
  if (!parsed.ok) return [{ what: 'json', expected: show(expected), received: parsed.why }]
  return compare(expected, parsed.value).map(toMismatch)
}

/** The JSON of a body, or why it is none. Integers beyond 2^53 come as `bigint`, so that none is rounded unseen. */
export function parseJson(body: Buffer): { ok: true; value: unknown } | { ok: false; why: string } {
  const text = body.toString('utf8')
  if (text.trim() === '') return { ok: false, why: 'an empty body' }
  try {
    return { ok: true, value: /\d{16}/.test(text) ? JSON.parse(text, reviveBigInt) : JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { ok: false, why: `not JSON (${error.message}): ${show(text, 200)}` }
  }
}

// JSON.parse hands revivers the source text (ECMAScript "JSON.parse source text access").
function reviveBigInt(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
}

/** Equality of bytes: lengths, digests and the place of the first difference. */
function checkBytes(expected: Uint8Array | BytesDigest, answer: CheckedAnswer): Mismatch[] {
  if (!(expected instanceof Uint8Array)) return checkDigest(expected, answer)
  const actual = answer.body
  if (actual.equals(expected)) return []
  const at = firstDifference(expected, actual)
  return [
    {
      what: 'bytes',
      expected: `${describeBytes(expected)}; at ${at}: ${hexAt(expected, at)}`,
      received: `${describeBytes(actual)}; first difference at offset ${at}: ${hexAt(actual, at)}`,
    },
  ]
}

function checkDigest(expected: BytesDigest, answer: CheckedAnswer): Mismatch[] {
  const actual = answer.digest ?? { length: answer.size, sha256: sha256(answer.body) }
  const { length, sha256: digest } = expected
  const mismatches: Mismatch[] = []
  if (length !== undefined && actual.length !== length) {
    mismatches.push({ what: 'bytes', expected: `${length} bytes`, received: `${actual.length} bytes` })
  }
  if (digest !== undefined && actual.sha256 !== digest.toLowerCase()) {
    mismatches.push({
      what: 'bytes',
      expected: `sha256 ${digest}`,
      received: `${actual.length} bytes, sha256 ${actual.sha256}`,
    })
  }
  return mismatches
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const describeBytes = (bytes: Uint8Array): string => `${bytes.length} bytes, sha256 ${sha256(bytes)}`

function hexAt(bytes: Uint8Array, at: number): string {
  const part = [...bytes.subarray(at, at + 8)].map((byte) => byte.toString(16).padStart(2, '0'))
  return part.length === 0 ? 'the end' : part.join(' ')
}

const excerpt = (answer: CheckedAnswer): string =>
  bounded(printable(answer.start.subarray(0, 1_000).toString('utf8')), 400).trim()

export const toMismatch = (d: Difference): Mismatch => ({
  what: d.path,
  expected: d.expected,
  received: d.received,
})
