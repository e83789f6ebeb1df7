/** What was left out, in words. */
import { count, printable } from '../kernel/text.ts'
import { formatKb } from './size-guard.ts'
import type { LeftOut, LeftOutReason } from './types.ts'

const WORDS: Readonly<Record<LeftOutReason, string>> = {
  binary: 'binary',
  generated: 'generated',
  'too-large': 'a line too large for a bundle',
  unread: 'text that belongs to no file',
}

/** `package-lock.json (generated, 3 hunks, 12.0 KB)`. */
export function describeLeftOut({ path, reason, hunks, bytes }: LeftOut): string {
  const size = [...(hunks === 0 ? [] : [count(hunks, 'hunk')]), ...(bytes === 0 ? [] : [formatKb(bytes)])]
  return `${printable(path)} (${[WORDS[reason], ...size].join(', ')})`
}
