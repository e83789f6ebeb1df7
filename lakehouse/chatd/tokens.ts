/** An approximate count of tokens: of the local provider, and of upstreams that do not tell theirs. */

/** Up to four letters or digits, or one other visible character. */
const TOKEN = /[\p{L}\p{N}\p{M}]{1,4}|[^\s\p{L}\p{N}\p{M}]/gu

/** About what language models count for English text; no model's own count. */
export function countTokens(text: string): number {
  let count = 0
  for (const _token of text.matchAll(TOKEN)) count += 1
  return count
}

/** The text up to the end of its token number `max`; all of it when it has no more. */
export function truncateTokens(text: string, max: number): string {
  let count = 0
  let end = 0
  for (const { index, 0: token } of text.matchAll(TOKEN)) {
    if (count === max) return text.slice(0, end)
    count += 1
    end = index + token.length
  }
  return text
}
