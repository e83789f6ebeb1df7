/** The words for a daemon that has exceeded a budget. */
import type { FailureOf } from './failure.ts'
import { type FailureText, next, oneLine } from './failure-words.ts'
import { unreachable } from './result.ts'
import { count } from './text.ts'
import { formatBytes, formatDuration } from './units.ts'

/** An exceeded budget in words. */
export function renderLimit(f: FailureOf<'limit-exceeded'>): FailureText {
  const [seen, allowed, step] = describe(f)
  return {
    headline: `${f.daemon} ${seen}; "${f.limit}" allows ${allowed}`,
    detail: [
      ...(f.upMs === undefined ? [] : [`seen ${formatDuration(f.upMs)} after it was started`]),
      next(`${step}, or raise "${f.limit}" of ${f.daemon}`),
    ],
  }
}

function describe(f: FailureOf<'limit-exceeded'>): [seen: string, allowed: string, step: string] {
  switch (f.limit) {
    case 'max_rss':
      return [
        `uses ${formatBytes(f.seenBytes)} of memory with its children`,
        formatBytes(f.allowedBytes),
        'find what holds the memory',
      ]
    case 'max_fds':
      return [
        `has ${count(f.seen, 'file')} open with its children, sockets and pipes included`,
        String(f.allowed),
        'find what is never closed',
      ]
    case 'max_cpu':
      return [
        `used ${formatSeconds(f.seenMs)} of CPU time with its children while ${oneLine(f.smoke, 100)} ran`,
        formatSeconds(f.allowedMs),
        'find what it computes',
      ]
    default:
      return unreachable(f)
  }
}

/** To the kernel's tick of 10 ms: a budget that is exceeded by one must not look kept. */
const formatSeconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`
