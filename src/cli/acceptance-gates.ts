/** The acceptance gates of a project, as the verbs claims and gauntlet run them. */
import { runGates } from '../claims/run-gates.ts'
import type { Gate } from '../claims/types.ts'
import { createRunId } from '../ledger/run-id.ts'
import { noteWorkingTree, type OpenedClaims } from './open-claims.ts'
import { claimsViewOf, renderGate } from './render/claims.ts'
import type { Interrupts } from './signals.ts'

export interface GateTelling {
  onStart?(gate: Gate): void
  /** A line on the gate that has just ended, painted for standard error. */
  say(line: string): void
}

/**
 * Runs the gates in order and records each; an interruption ends the round.
 *
 * @throws the system's error when a record cannot be written.
 */
export async function runAcceptanceGates(
  gates: readonly Gate[],
  { stack, logs }: OpenedClaims,
  { stop, kill }: Interrupts,
  { onStart, say }: GateTelling,
): Promise<void> {
  await runGates({
    gates,
    id: createRunId(),
    root: stack.root,
    logs,
    env: process.env,
    secrets: stack.secrets,
    stop,
    kill,
    noteTree: () => noteWorkingTree(stack, logs),
    onStart: (gate) => onStart?.(gate),
    onEnd: (record) => {
      for (const line of renderGate(record, claimsViewOf(process.stderr))) say(line)
    },
  })
}
