/** Processes that a run has left behind: its tool and its guardian are gone. */
import { count } from '../../kernel/text.ts'
import type { Check } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { isOwnRun, surveyRuns } from '../live-runs.ts'
import { showHolder } from '../show-command.ts'
import type { RunProcess } from '../system.ts'

const SHOWN = 8

export const orphansCheck: Check = {
  id: 'orphans',
  group: 'leftovers',
  title: 'processes that earlier runs have left behind',
  deadlineMs: 10_000,
  async run(context) {
    const { live, processes } = await surveyRuns(context)
    const orphans = Map.groupBy(
      processes.filter(({ run }) => !live.has(run)),
      ({ run }) => run,
    )
    if (orphans.size === 0) return [ok('orphans.none', 'no process of an earlier run is left')]
    return [...orphans].map(([run, left]) => describeOrphans(run, left, isOwnRun(run, context)))
  },
}

/** Those of other projects only take room: where one holds an address of this stack, the check of addresses says so. */
function describeOrphans(run: string, left: readonly RunProcess[], ours: boolean): Finding {
  const owners = [...new Set(left.map(({ owner }) => owner).filter((owner) => owner !== undefined))]
  const whose = owners.length === 0 ? '' : ` (${owners.join(', ')})`
  const pids = left.map(({ pid }) => pid).join(' ')
  const one = ours && owners.length === 1 && !owners[0]?.startsWith('smoke:') ? owners[0] : undefined
  return {
    id: 'orphans.processes',
    severity: ours ? 'error' : 'warning',
    ...(one === undefined ? {} : { daemon: one }),
    summary: `${count(left.length, 'process', 'processes')} of an earlier run${ours ? '' : ' of another project'} still ${left.length === 1 ? 'runs' : 'run'}${whose}: nobody looks after ${left.length === 1 ? 'it' : 'them'}`,
    evidence: [
      `run ${run}`,
      ...left.slice(0, SHOWN).map((one) => `${one.owner ?? 'unknown'}: ${showHolder(one)}`),
    ],
    remedy: `kill ${pids}   (kill -9 ${pids} if that is ignored)`,
  }
}
