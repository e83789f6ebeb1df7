/** Leases of ports whose owners have died. The next run takes them over; until then they only clutter. */
import { count } from '../../kernel/text.ts'
import type { Check } from '../check.ts'
import { ok } from '../finding.ts'

const SHOWN = 8

export const leasesCheck: Check = {
  id: 'leases',
  group: 'leftovers',
  title: 'leases of ports whose owners have died',
  deadlineMs: 5_000,
  run({ system, verb }) {
    const leases = system.listLeases()
    const stale = leases.filter((lease) => lease.stale)
    if (stale.length === 0) {
      return [ok('leases.current', `no stale lease (${count(leases.length, 'port')} leased now)`)]
    }
    const ports = stale.map(({ port }) => port)
    return [
      {
        id: 'leases.stale',
        severity: 'warning',
        summary: `${count(stale.length, 'lease')} of ports ${stale.length === 1 ? 'belongs' : 'belong'} to processes that have died`,
        evidence: stale.slice(0, SHOWN).map(({ port, pid, run }) => `port ${port}: PID ${pid} of run ${run}`),
        remedy: `${verb('doctor')} --fix leases`,
        fix: {
          does: `give back the stale leases of port ${ports.join(', ')}`,
          async apply() {
            for (const owner of stale) system.releaseLeasesOf(owner)
            const left = system.listLeases().filter((lease) => lease.stale && ports.includes(lease.port))
            return left.length === 0 ? undefined : `still leased: ${left.map(({ port }) => port).join(', ')}`
          },
        },
      },
    ]
  },
}
