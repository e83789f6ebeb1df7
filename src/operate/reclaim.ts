/** What a supervisor left that was killed: its guardian ends its daemons, and whatever is left then is ended here. */
import { endProcesses } from '../host/end-processes.ts'
import { runMarker } from '../host/marker.ts'
import { listFamily } from '../host/process-table.ts'
import { removeFolder, runFolderOf } from '../host/temp-folder.ts'
import { count } from '../kernel/text.ts'
import type { Owner } from './owner-lease.ts'

/** Time to end by SIGTERM, which its guardian has sent already. */
const GRACE_MS = 5_000

/** Resolves when nothing of it runs any more. @returns what there is to say. */
export async function cleanUpAfter(owner: Owner): Promise<string[]> {
  const marker = runMarker(owner.run)
  const { ended, leftovers } = await endProcesses(() => listFamily({ marker }), GRACE_MS)
  const obstacle = await removeFolder(runFolderOf(owner.run))
  return [
    `the supervisor before, PID ${owner.pid} since ${owner.since}, has died without taking the stack down`,
    ...(ended.length > 0 ? [`ended what it had left: ${count(ended.length, 'process', 'processes')}`] : []),
    ...(leftovers.length > 0
      ? [`could not be ended: ${leftovers.map(({ pid }) => `PID ${pid}`).join(', ')}`]
      : []),
    ...(obstacle === undefined ? [] : [obstacle]),
  ]
}
