/** How a title names the claims that it is evidence for: `[claim:loopback-only]`, in tests and in TAP points. */

const TAG = /\[claim:([^\]\s]{1,64})\]/g

/** Ids in the order of the text, each once. */
export function readClaimTags(title: string): string[] {
  return [...new Set([...title.matchAll(TAG)].map(([, id = '']) => id))]
}

/** The title without its tags. */
export function stripClaimTags(title: string): string {
  return title.replace(TAG, '').replace(/\s+/g, ' ').trim()
}
