/** Sentences that the text and the Markdown share. */
import { count } from '../kernel/text.ts'
import type { Noise, ParityReport } from './types.ts'

/** What of it is new, known, closed, unknown: one line. */
export function summarize({ counts, verdict, interrupted, otherSides }: ParityReport): string {
  const { divergences, gaps, noise, unproven } = counts
  const open = gaps.open + gaps['partly-closed']
  return [
    `${VERDICTS[verdict]}: ${count(divergences.new, 'new divergence')}`,
    `${divergences.known} known${open > 0 ? ` (${count(open, 'gap')})` : ''}`,
    ...(otherSides === true ? [] : describeClosed(gaps)),
    ...(gaps.unknown > 0 ? [`${count(gaps.unknown, 'gap')} not looked at`] : []),
    ...(counts.verdicts.unknown > 0 ? [`${count(counts.verdicts.unknown, 'case')} unknown`] : []),
    ...(noise > 0 ? [`${count(noise, 'path')} of noise`] : []),
    ...(unproven > 0 ? [`${count(unproven, 'path')} unproven`] : []),
    ...(interrupted === undefined ? [] : ['interrupted']),
  ].join(' · ')
}

export const VERDICTS: Readonly<Record<ParityReport['verdict'], string>> = {
  match: 'match',
  'known-gaps': 'known gaps only',
  diverges: 'diverges',
  unknown: 'unknown',
}

function describeClosed(gaps: ParityReport['counts']['gaps']): string[] {
  return [
    ...(gaps.closed > 0 ? [`${count(gaps.closed, 'gap')} closed`] : []),
    ...(gaps['partly-closed'] > 0 ? [`${count(gaps['partly-closed'], 'gap')} closed in part`] : []),
  ]
}

/** Only of gaps that ask for something to be done. */
export function describeGaps({ gaps, otherSides }: ParityReport): string[] {
  const hidden = gaps.filter(({ closedPaths }) => closedPaths.length > 0)
  if (otherSides === true && hidden.length > 0) {
    const what = count(hidden.length, 'known gap does not show', 'known gaps do not show')
    return [`${what} between these sides, which are not those that the cases file names`]
  }
  return hidden.map(({ id, state, closedPaths }) =>
    state === 'closed'
      ? `${id} has closed: take its row out of the file`
      : `${id} has closed in part: take out ${closedPaths.join(' ')}`,
  )
}

/** `left differs from itself: 1, then 2`. */
export function describeNoise(
  { sides, samples: [first, then] }: Noise,
  quote = (text: string) => text,
): string {
  const who =
    sides.length > 1 ? 'both sides differ from themselves' : `${sides[0] ?? 'a side'} differs from itself`
  return `${who}: ${quote(first)}, then ${quote(then)}`
}
