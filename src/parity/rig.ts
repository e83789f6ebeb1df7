/** For the tests of this room: JSON from text, comparisons in one call, and values made by chance from a seed. */
import { createRedactor } from '../kernel/redact.ts'
import type { Asked, Received } from './ask.ts'
import { compareCase } from './compare-case.ts'
import type { JsonNode } from './json-node.ts'
import type { Mode, ModeRule } from './modes.ts'
import { parseJson } from './parse-json.ts'
import { parsePath } from './path.ts'
import { createShow } from './show.ts'
import type { ParityCase } from './suite-types.ts'
import type { CaseReport } from './types.ts'

export const show = createShow(createRedactor([]))

export function json(text: string): JsonNode {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

export function ruleOf(path: string, mode: 'value' | 'shape' | 'ignore' | RegExp): ModeRule {
  const parsed = parsePath(path)
  if (!parsed.ok) throw new Error(parsed.error)
  return { path: parsed.value, mode: modeOf(mode) }
}

const modeOf = (mode: 'value' | 'shape' | 'ignore' | RegExp): Mode =>
  mode instanceof RegExp ? { kind: 'pattern', pattern: mode } : { kind: mode }

export const standardCase: ParityCase = {
  name: 'a case',
  method: 'GET',
  path: '/',
  headers: {},
  asks: 2,
  timeoutMs: 10_000,
  maxBodyBytes: 2 ** 24,
  numbers: 'literal',
  mode: { kind: 'value' },
  rules: [],
}

/** Answers with these bodies, all of them with status 200 and as JSON unless said otherwise. */
export function answers(...bodies: readonly (string | Partial<Received>)[]): Asked {
  const standard = { status: 200, contentType: 'application/json', encoded: false, body: Buffer.from('') }
  const received = bodies.map((body) =>
    typeof body === 'string' ? { ...standard, body: Buffer.from(body) } : { ...standard, ...body },
  )
  return { received, asked: received.length }
}

/** Compares two bodies, each answered twice alike. */
export function compareTexts(left: string, right: string, o: Partial<ParityCase> = {}): CaseReport {
  return compareCase({ ...standardCase, ...o }, answers(left, left), answers(right, right), show)
}

/** `shape $.id: integer / string`, one for each divergence. */
export const divergencesOf = ({ divergences }: CaseReport): string[] =>
  divergences.map(({ aspect, path, left, right }) => `${aspect} ${path}: ${left} / ${right}`)

const SCALARS = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '-7',
  '1.0',
  '2.5',
  '1e3',
  '9007199254740993',
  '"a"',
  '""',
]
const KEYS = ['a', 'b', 'c', '__proto__', 'constructor', 'a b']

/** JSON text of small nested values in which keys and types collide often. */
export function chanceJson(chance: () => number, depth = 3): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T
  const many = () => Array.from({ length: Math.floor(chance() * 4) }, () => chanceJson(chance, depth - 1))
  const what = depth === 0 ? 0 : chance()
  if (what < 0.4) return pick(SCALARS)
  if (what < 0.7) return `[${many().join(',')}]`
  return `{${many()
    .map((value) => `${JSON.stringify(pick(KEYS))}:${value}`)
    .join(',')}}`
}
