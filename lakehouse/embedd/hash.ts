/**
 * The embedded default: signed feature hashing (Weinberger et al., 2009) of words and character n-grams. Nearness
 * is shared vocabulary and spelling, not meaning. Only exactly rounded operations (+, ×, ÷, square root), so that
 * every machine computes the same vector.
 */

export const HASH_DIMENSION = 384

/** English words that carry structure rather than subject; they count little. */
const STOP_WORDS = new Set(
  `a about after all am an and any are as at be been before but by can could did do does doing for from had has have
  he her him his how i if in into is it its just me my no nor not of on or our out over she should so some such than
  that the their them then there these they this those to too under up us was we were what when where which while who
  whom why will with would you your`.split(/\s+/),
)

const STOP_WEIGHT = 0.2
/** Length of a word's n-gram part beside the word itself, which has length 1. */
const NGRAM_WEIGHT = 0.8
/** Scripts that write without spaces: single characters and pairs are their words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

const encoder = new TextEncoder()

/** Murmur3's finaliser: spreads every input bit over all output bits. */
function mix(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** FNV-1a over UTF-8. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}

function addFeature(vector: Float64Array, feature: string, weight: number): void {
  const hash = fnv1a(feature)
  const at = mix(hash) % HASH_DIMENSION
  const sign = mix(hash ^ 0x9e3779b9) & 1 ? -1 : 1
  vector[at] = (vector[at] ?? 0) + sign * weight
}

/** Words in lower case, compatibility forms folded; for a text without letters or digits, what stands between spaces. */
function splitWords(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase()
  const words = folded.match(/[\p{L}\p{M}\p{N}]+/gu)
  return words ?? folded.split(/\s+/u).filter((word) => word !== '')
}

/** A word's features, each with its weight. */
function* listFeatures(word: string): Generator<readonly [string, number]> {
  const isUnspaced = UNSPACED.test(word)
  const characters = [...(isUnspaced ? word : `<${word}>`)]
  const ngrams: string[] = []
  for (const n of isUnspaced ? [1, 2] : [3, 4]) {
    for (let at = 0; at + n <= characters.length; at += 1) ngrams.push(characters.slice(at, at + n).join(''))
  }
  if (!isUnspaced) yield [`word ${word}`, 1]
  const weight = (isUnspaced ? 1 : NGRAM_WEIGHT) / Math.sqrt(ngrams.length)
  for (const ngram of ngrams) yield [`part ${ngram}`, weight]
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** A unit vector of {@link HASH_DIMENSION} components, rounded to 8 decimals. The text is not blank. */
export function embedByHashing(text: string): number[] {
  const vector = new Float64Array(HASH_DIMENSION)
  for (const [word, count] of countWords(text)) {
    const weight = (STOP_WORDS.has(word) ? STOP_WEIGHT : 1) * Math.sqrt(count)
    for (const [feature, share] of listFeatures(word)) addFeature(vector, feature, weight * share)
  }
  let sum = 0
  for (const component of vector) sum += component * component
  if (sum === 0) {
    // Every feature met its opposite: the whole text is the one feature left.
    addFeature(vector, `text ${text}`, 1)
    sum = 1
  }
  const length = Math.sqrt(sum)
  // Adding 0 turns -0 into 0.
  return Array.from(vector, (component) => Math.round((component / length) * 1e8) / 1e8 + 0)
}
