/** May processes open enough files? */
import type { Check } from '../check.ts'
import { ok } from '../finding.ts'

/** A daemon with a database, its sockets and its log needs some dozens; the tool holds a few for each daemon. */
const LEAST = { error: 128, warning: 1_024 }

export const limitsCheck: Check = {
  id: 'limits',
  group: 'machine',
  title: 'how many files a process may open',
  deadlineMs: 5_000,
  run({ system }) {
    const limit = system.openFileLimit()
    if (limit === undefined || limit >= LEAST.warning) {
      return [ok('limits.open-files', `a process may open ${limit ?? 'any number of'} files`)]
    }
    return [
      {
        id: 'limits.open-files',
        severity: limit < LEAST.error ? 'error' : 'warning',
        summary: `a process may open only ${limit} files; daemons will fail with "too many open files"`,
        remedy:
          'ulimit -n 65536   (in the shell that starts the stack; for good: nofile in /etc/security/limits.conf)',
      },
    ]
  },
}
