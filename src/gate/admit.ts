/**
 * The gate's answer to a push: yes, when there is a valid receipt for the tree of every pushed commit; without one the
 * commit is tested now, exactly as it is pushed. Whatever cannot be told ends in no.
 */
import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { type Answer, describe, type Gate, refuse } from './answer.ts'
import { type Demand, listDemands, projectOf } from './demand.ts'
import { GitFault } from './git.ts'
import { parsePush } from './pre-push.ts'
import { NO_RECEIPT, readReceipt } from './receipt.ts'
import { receiptsIn } from './tested.ts'

const USAGE = 2
const TOOL_FAULT = 70

/** @param lines what git has written on standard input. */
export async function admitPush(gate: Gate, lines: string): Promise<Answer> {
  const refs = parsePush(lines)
  if (!refs.ok) return refuse(`${refs.error}; let git call this hook, or send what it sends`, USAGE)
  try {
    const demands = await listDemands(gate.repository, refs.value, { ...gate, readOutside })
    if (!demands.ok) return refuse(`${demands.error}; \`git push --no-verify\` sends it untested`)
    return await admitDemands(gate, demands.value)
  } catch (error) {
    if (error instanceof GitFault) return refuse(`${error.message}; mend that and push again`, TOOL_FAULT)
    throw error
  }
}

async function admitDemands(gate: Gate, demands: readonly Demand[]): Promise<Answer> {
  const logs = resolve(gate.repository.top, projectOf(gate.stack), 'logs')
  const untested: Demand[] = []
  for (const demand of demands) {
    const receipt = readReceipt(receiptsIn(logs), demand.subject)
    if (receipt.ok) continue
    const why = receipt.error === NO_RECEIPT ? 'no receipt' : `no valid receipt (${receipt.error})`
    gate.say(`commit ${describe(demand)}: ${why}; testing it now`)
    untested.push(demand)
  }
  if (untested.length === 0) return { admitted: true }
  // Loaded only now: with receipts the answer has to come at once.
  const { testCommit } = await import('./test-commit.ts')
  for (const demand of untested) {
    const answer = await testCommit(gate, demand, logs)
    if (!answer.admitted) return answer
  }
  return { admitted: true }
}

/** A stack file outside the repository; one that is not there is the same as none. */
function readOutside(path: string): string | undefined {
  return isAbsolute(path) && existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
