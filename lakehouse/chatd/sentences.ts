/** Sentences, and how related they are to a question: by the words they share, rare words counting more. */

/** Words that say nothing of what a sentence is about. */
const STOP_WORDS = new Set(
  'a an and are as at be by can do does for from has have how i in is it its of on or that the this to was we what when where which who why will with you your'.split(
    ' ',
  ),
)

/** Splits at line ends, and after `.`, `!`, `?` before white space. */
export function splitSentences(text: string): string[] {
  return text
    .split(/\n+|(?<=[.!?])\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
}

/** Words in lower case, without stop words and without the plural's s. */
function splitWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(
    words.filter((word) => !STOP_WORDS.has(word)).map((word) => word.replace(/(?<=\w{3})s$/, '')),
  )
}

/**
 * One score a text, in order: the sum over the shared words of ln(1 + texts / texts with that word), over the
 * square root of the text's number of words. 0: nothing shared.
 */
export function scoreTexts(question: string, texts: readonly string[]): number[] {
  const asked = splitWords(question)
  const words = texts.map(splitWords)
  const shared = words.map((set) => [...set].filter((word) => asked.has(word)))
  const frequency = new Map<string, number>()
  for (const word of shared.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const weigh = (word: string) => Math.log(1 + texts.length / (frequency.get(word) ?? 1))
  return words.map((set, n) => {
    const sum = (shared[n] ?? []).reduce((total, word) => total + weigh(word), 0)
    return set.size === 0 ? 0 : sum / Math.sqrt(set.size)
  })
}
