/** Signals to single processes that are no children of ours. */
import { hasCode } from '../kernel/errno.ts'
import { isAlive, type ProcessIdentity } from './process-table.ts'

/** To this very process only. One that is gone, or another user's, is left alone. */
export function signalProcess(member: ProcessIdentity, signal: NodeJS.Signals): void {
  if (member.pid <= 1 || member.pid === process.pid || !isAlive(member)) return
  try {
    process.kill(member.pid, signal)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error
  }
}
