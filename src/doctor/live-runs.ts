/**
 * Which runs go on at this moment: what belongs to them is no leftover. A run counts as over only when that is certain,
 * because the remedy for what an ended run has left is to kill it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckContext } from './check.ts'
import { isOwnerAlive } from './run-owner.ts'
import type { RunProcess } from './system.ts'

/** Who becomes the parent of a process whose own parent has died, where that is not PID 1. */
const REAPER =
  /^(\S*\/)?(systemd|init|tini|dumb-init|catatonit|conmon|containerd-shim\S*|launchd|s6-\S+)( |$)/
/** Ids of runs; tests and tools of others may mark processes in their own way. */
const ID = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}/

export interface RunSurvey {
  /** Live, or not known to be over. */
  readonly live: ReadonlySet<string>
  readonly processes: readonly RunProcess[]
}

/** Looks at processes and leases anew each time. */
export async function surveyRuns(
  context: Pick<CheckContext, 'system' | 'runningStack' | 'root'>,
): Promise<RunSurvey> {
  const { system, runningStack, root } = context
  const processes = system.listRunProcesses()
  const live = new Set<string>()
  for (const lease of system.listLeases()) if (!lease.stale) live.add(lease.run)
  const running = await runningStack()
  if (running) live.add(running.run)
  for (const [run, members] of Map.groupBy(processes, (process) => process.run)) {
    if (!live.has(run) && !isOver(run, members, root)) live.add(run)
  }
  return { live, processes }
}

/** By the record of its tool, where this project has one; else by who its processes belong to now. */
function isOver(run: string, members: readonly RunProcess[], root: string): boolean {
  if (!isRunId(run)) return false
  const alive = isOwnerAlive(join(root, 'logs/runs', run))
  if (alive !== undefined) return !alive
  return members.every(({ parent }) => parent === undefined || REAPER.test(parent.command))
}

/** A run of this project: recorded in its logs, or that of a supervisor of this stack which has died. */
export function isOwnRun(
  run: string,
  { root, deadSupervisor }: Pick<CheckContext, 'root' | 'deadSupervisor'>,
): boolean {
  return existsSync(join(root, 'logs/runs', run)) || deadSupervisor()?.run === run
}

export const isRunId = (text: string): boolean => ID.test(text)
