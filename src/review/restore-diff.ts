/** The proof that a plan loses nothing: the diff, put together again from the texts of its bundles and what was left out. */

import type { Part, Plan } from './bundle.ts'
import { type ByteText, splitLines } from './bytes.ts'

/**
 * Reads each stretch out of its bundle's text, not out of the plan's memory of it.
 *
 * @returns the diff. Throws when a part is there twice, or in no order that a diff could have.
 */
export function restoreDiff({ bundles, leftOut }: Plan): ByteText {
  const parts: Part[] = [...leftOut]
  for (const { text, stretches } of bundles) {
    let at = 0
    for (const { repeated, ...part } of stretches) {
      const sent = text.slice(at, at + part.text.length)
      at += part.text.length
      if (!repeated) parts.push({ ...part, text: sent })
    }
    if (at !== text.length) throw new Error('a bundle holds text that is part of nothing')
  }
  const whole = new Map<string, Part>()
  for (const part of parts) {
    const place = `${part.file}:${part.hunk}`
    const known = whole.get(place)
    if (known === undefined) whole.set(place, { ...part, text: restoreHead(part) })
    else if (part.originalHead === '') whole.set(place, { ...known, text: known.text + restoreHead(part) })
    else throw new Error(`part ${place} of the diff is there twice`)
  }
  return [...whole.values()]
    .sort((a, b) => a.file - b.file || orderOf(a) - orderOf(b))
    .map(({ text }) => text)
    .join('')
}

/** The part with the head that it has in the diff. */
function restoreHead({ text, originalHead }: Part): ByteText {
  if (originalHead === undefined) return text
  const [head = ''] = splitLines(text)
  return originalHead + text.slice(head.length)
}

function orderOf({ hunk }: Part): number {
  if (hunk === 'header') return -1
  return hunk === 'patch' ? Number.POSITIVE_INFINITY : hunk
}
