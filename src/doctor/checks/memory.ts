/** Is there memory left for the daemons? */
import { formatBytes } from '../../kernel/units.ts'
import type { Check } from '../check.ts'
import { ok } from '../finding.ts'

const MIB = 2 ** 20
const LEAST = { error: 128 * MIB, warning: 512 * MIB }

export const memoryCheck: Check = {
  id: 'memory',
  group: 'machine',
  title: 'memory that is left',
  deadlineMs: 5_000,
  run({ system }) {
    const available = system.availableMemory()
    const bytes = formatBytes(available)
    if (available >= LEAST.warning) return [ok('memory.available', `${bytes} of memory is available`)]
    const remedy =
      system.platform === 'darwin'
        ? 'ps -axm -o pid,rss,comm | head -15   (shows who holds it); then end what is not needed'
        : 'ps -eo pid,rss,comm --sort=-rss | head -15   (shows who holds it); then end what is not needed'
    const severity = available < LEAST.error ? 'error' : 'warning'
    return [{ id: 'memory.low', severity, summary: `only ${bytes} of memory is available`, remedy }]
  },
}
