/** What a review comes to, by a stated rule (docs/review.md). */
import { count } from '../kernel/text.ts'
import type { AnswerRow, Location, ReviewOutcome, ReviewReport } from './types.ts'

type Denominator = ReviewReport['denominator']

/** Of all answers that were asked for, those with a verdict; who is missing is not hidden behind who is there. */
export function countHeard(rows: readonly AnswerRow[]): Denominator {
  const heard = rows.filter(({ status }) => status === 'answered')
  const bundles = new Set(rows.map(({ bundle }) => bundle))
  for (const { bundle } of heard) bundles.delete(bundle)
  return {
    verdicts: heard.length,
    asked: rows.length,
    lineagesHeard: new Set(heard.map(({ lineage }) => lineage)).size,
    lineages: new Set(rows.map(({ lineage }) => lineage)).size,
    unheard: [...bundles],
  }
}

/**
 * Blocking: a place with a critical finding; a place that two or more lineages name, with a high one; a bundle that two
 * or more lineages would hold. Incomplete: a bundle without any verdict. A blocking reason outweighs an incomplete one.
 */
export function decideOutcome(
  rows: readonly AnswerRow[],
  locations: readonly Location[],
  { unheard }: Denominator,
): { readonly outcome: ReviewOutcome; readonly reasons: readonly string[] } {
  const blocking = [...locations.flatMap(blockingReason), ...holds(rows)]
  const incomplete = unheard.map((bundle) => `no reviewer gave a verdict on ${bundle}`)
  const outcome = blocking.length > 0 ? 'blocking' : incomplete.length > 0 ? 'incomplete' : 'clear'
  return { outcome, reasons: [...blocking, ...incomplete] }
}

function blockingReason({ path, line, severity, lineages, convergent }: Location): string[] {
  const place = line === 0 ? path : `${path}:${line}`
  if (severity === 'critical') return [`${place} is critical (${lineages.join(', ')})`]
  return severity === 'high' && convergent
    ? [`${place} is high, and convergent (${lineages.join(', ')})`]
    : []
}

function holds(rows: readonly AnswerRow[]): string[] {
  const byBundle = new Map<string, Set<string>>()
  for (const { bundle, lineage, verdict } of rows) {
    if (verdict === 'hold') byBundle.set(bundle, (byBundle.get(bundle) ?? new Set()).add(lineage))
  }
  return [...byBundle]
    .filter(([, lineages]) => lineages.size >= 2)
    .map(([bundle, lineages]) => `${count(lineages.size, 'lineage')} would hold ${bundle}`)
}
