/**
 * How large a diff may be. Large ones make reviewers give up: 62 tokens of answer to 165 KB, 250 once it was under 60 KB.
 * KB is 1,000 bytes, so that the limits hold in either reading.
 */
import type { Bundle } from './bundle.ts'
import { QUESTION_BYTES } from './question.ts'

export const WARN_BYTES = 60_000
export const REFUSE_BYTES = 100_000

/** Of the diff in one bundle of a range: the whole message, questions included, stays under 60 KB. */
export const BUNDLE_BYTES = WARN_BYTES - QUESTION_BYTES

export type SizeJudgement = 'fine' | 'large' | 'refused'

/** By the bytes of the diff in it: `large` is over 60 KB, `refused` over 100 KB. */
export function judgeSize({ bytes }: Pick<Bundle, 'bytes'>): SizeJudgement {
  if (bytes > REFUSE_BYTES) return 'refused'
  return bytes > WARN_BYTES ? 'large' : 'fine'
}

/** `58.2 KB`, `11.8 MB`. */
export const formatKb = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
