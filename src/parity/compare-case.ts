/** One case: what both sides answered, aspect by aspect. Which of its divergences are known is another's question. */
import type { Asked, Received } from './ask.ts'
import { type Body, readBody } from './body.ts'
import { compareBodies } from './compare-body.ts'
import { MOST } from './limits.ts'
import { readMediaType } from './media-type.ts'
import { createModes } from './modes.ts'
import type { Show } from './show.ts'
import type { ParityCase } from './suite-types.ts'
import type { CaseReport, Divergence, Outcome, SideAnswer, SideName } from './types.ts'

/** A case before known gaps are looked at: `known` cannot occur, and no divergence has a gap. */
export function compareCase(one: ParityCase, left: Asked, right: Asked, show: Show): CaseReport {
  const faults = [
    ...(left.fault === undefined ? [] : [`left: ${left.fault}`]),
    ...(right.fault === undefined ? [] : [`right: ${right.fault}`]),
  ]
  const [ours, theirs] = [readBodies(left), readBodies(right)]
  const about = {
    name: one.name,
    request: { method: one.method, path: one.path },
    left: describeSide(left, ours, show),
    right: describeSide(right, theirs, show),
  }
  if (faults.length > 0) return { ...about, ...notCompared(faults.map((fault) => show.text(fault, 400))) }

  const status = compareWord('status', left, right, ({ status }) => `${status}`)
  const mediaType = compareWord('media-type', left, right, canonicalType)
  const policy = { numbers: one.numbers, modes: createModes(one.rules, one.mode) }
  const bodies = compareBodies(ours, theirs, policy, show)
  const divergences = [...status.divergences, ...mediaType.divergences, ...bodies.divergences]
  const unknown = [...status.unknown, ...mediaType.unknown, ...bodies.unknown]
  const shape = outcomeOf(bodies.unknown, bodies.divergences.filter(isShape))
  const value = outcomeOf(bodies.unknown, bodies.divergences)
  const { shapes } = bodies
  return {
    ...about,
    left: { ...about.left, ...(shapes && { shape: shapes.left }) },
    right: { ...about.right, ...(shapes && { shape: shapes.right }) },
    verdict: unknown.length > 0 ? 'unknown' : divergences.length > 0 ? 'diverges' : 'match',
    unknown,
    outcomes: { status: status.outcome, mediaType: mediaType.outcome, shape, value },
    divergences: divergences.slice(0, MOST.divergences).map((one) => cleanPath(cleanPlace(one, show), show)),
    moreDivergences: bodies.more + Math.max(0, divergences.length - MOST.divergences),
    noise: bodies.noise.slice(0, MOST.noise).map((one) => cleanPath(one, show)),
    unproven: bodies.unproven.slice(0, MOST.unproven).map((one) => cleanPath(one, show)),
    notes: [
      ...bodies.notes,
      ...remarkOnMark(left, right),
      ...(one.asks === 1 ? ['asked once: noise cannot be told from divergence'] : []),
    ],
    views: bodies.views.map((view) => cleanPlace(view, show)),
  }
}

/** It is skipped when bodies are compared; many a reader of JSON stumbles over it. */
function remarkOnMark(left: Asked, right: Asked): string[] {
  const [l, r] = [left, right].map(({ received }) => received.some(({ body }) => beginsWithMark(body)))
  if (l === r) return []
  const side: SideName = l ? 'left' : 'right'
  return [`the body of ${side} begins with a byte order mark, that of the other side does not; it is skipped`]
}

const beginsWithMark = (body: Buffer): boolean => body.subarray(0, 3).equals(MARK)
const MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Keys of a body can be long, secret and not printable. */
const MOST_OF_PATH = 300
const cleanPath = <T extends { readonly path: string }>(row: T, show: Show): T => ({
  ...row,
  path: show.text(row.path, MOST_OF_PATH),
})
const cleanPlace = <T extends { readonly at: string }>(row: T, show: Show): T => ({
  ...row,
  at: show.text(row.at, MOST_OF_PATH),
})

const isShape = ({ aspect }: Divergence): boolean => aspect === 'shape'

function notCompared(unknown: readonly string[]) {
  const outcomes = { status: 'unknown', mediaType: 'unknown', shape: 'unknown', value: 'unknown' } as const
  const empty = {
    divergences: [],
    moreDivergences: 0,
    noise: [],
    unproven: [],
    notes: [],
    views: [],
  } as const
  return { verdict: 'unknown' as const, unknown, outcomes, ...empty }
}

function describeSide({ received, fault, asked }: Asked, [body]: readonly Body[], show: Show): SideAnswer {
  const [first] = received
  return {
    asked,
    ...(fault === undefined ? {} : { fault: show.text(fault, 400) }),
    ...(first === undefined || body === undefined ? {} : describeAnswer(first, body, show)),
  }
}

function describeAnswer({ status, contentType, body: { length } }: Received, body: Body, show: Show) {
  return {
    status,
    mediaType: contentType === undefined ? null : show.text(contentType),
    bytes: length,
    excerpt: show.body(body, 500),
  }
}

/** Answers that are the same, byte for byte, are one body. */
function readBodies({ received }: Asked): readonly Body[] {
  const read: { readonly answer: Received; readonly body: Body }[] = []
  for (const answer of received) {
    const { body, contentType, encoded } = answer
    const same = read.find(
      (one) =>
        one.answer.contentType === contentType &&
        one.answer.encoded === encoded &&
        one.answer.body.equals(body),
    )
    const mediaType = contentType === undefined ? undefined : readMediaType(contentType)
    read.push({ answer, body: same?.body ?? readBody(body, mediaType, encoded) })
  }
  return read.map(({ body }) => body)
}

/** What cannot be read is compared as it was sent. */
function canonicalType({ contentType }: Received): string {
  if (contentType === undefined) return '(none)'
  return readMediaType(contentType)?.canonical ?? contentType
}

interface WordComparison {
  readonly outcome: Outcome
  readonly divergences: readonly Divergence[]
  readonly unknown: readonly string[]
}

/** Compares something that is one word of an answer. A side that differs from itself in it cannot be compared. */
function compareWord(
  aspect: 'status' | 'media-type',
  left: Asked,
  right: Asked,
  word: (answer: Received) => string,
): WordComparison {
  const words = { left: unique(left, word), right: unique(right, word) }
  const unknown = (['left', 'right'] as const satisfies SideName[]).flatMap((side) =>
    words[side].length > 1
      ? [`${side} differs from itself: its ${aspect.replace('-', ' ')} is ${words[side].join(', then ')}`]
      : [],
  )
  const [l = '', r = ''] = [words.left[0], words.right[0]]
  const divergences: Divergence[] =
    unknown.length > 0 || l === r ? [] : [{ aspect, path: aspect, at: aspect, places: 1, left: l, right: r }]
  return { outcome: outcomeOf(unknown, divergences), divergences, unknown }
}

const unique = ({ received }: Asked, word: (answer: Received) => string): string[] => [
  ...new Set(received.map(word)),
]

function outcomeOf(unknown: readonly string[], divergences: readonly Divergence[]): Outcome {
  if (unknown.length > 0) return 'unknown'
  return divergences.length > 0 ? 'diverges' : 'match'
}
