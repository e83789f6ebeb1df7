/** The lease of a supervisor (`up`) that was killed. The next `up` takes it over; until then `status` speaks of the dead. */
import type { Check } from '../check.ts'
import { ok } from '../finding.ts'

export const stateCheck: Check = {
  id: 'state',
  group: 'leftovers',
  title: 'what a killed supervisor of this stack has left behind',
  deadlineMs: 5_000,
  run({ deadSupervisor, verb }) {
    const dead = deadSupervisor()
    if (dead === undefined) return [ok('state.clean', 'no supervisor of this stack has died')]
    const { pid, since, path } = dead
    return [
      {
        id: 'state.dead-supervisor',
        severity: 'warning',
        summary: `the supervisor of this stack, PID ${pid} since ${since}, has died without taking the stack down`,
        evidence: [`its lease is ${path}`],
        remedy: `${verb('down')}   (cleans up after it; or only its lease: ${verb('doctor')} --fix state)`,
        fix: {
          does: `remove the lease ${path} of PID ${pid}, which is dead`,
          async apply() {
            dead.remove()
            return undefined
          },
        },
      },
    ]
  },
}
