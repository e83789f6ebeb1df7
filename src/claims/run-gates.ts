/** Runs acceptance gates one after the other and records each as soon as it is over. */
import { startGuardian } from '../host/guardian.ts'
import { runMarker } from '../host/marker.ts'
import { isSecretName } from '../stack/secrets.ts'
import { writeGateRecord } from './gate-records.ts'
import { type GateSurroundings, runGate } from './run-gate.ts'
import type { Gate, GateRecord, NotedTree } from './types.ts'

export interface GatesRun extends Omit<GateSurroundings, 'marker' | 'guardian'> {
  readonly gates: readonly Gate[]
  /** Id of this round; every process of it carries it. */
  readonly id: string
  /** The working state; asked before the first gate and after each. */
  noteTree(): Promise<NotedTree | undefined>
  onStart(gate: Gate): void
  onEnd(record: GateRecord): void
}

/**
 * Runs the gates in order; an interruption ends the round. A gate that was interrupted is not recorded: what was known of
 * it before still holds.
 *
 * @throws the system's error when a record cannot be written.
 */
export async function runGates(o: GatesRun): Promise<GateRecord[]> {
  const marker = runMarker(o.id)
  const guardian = startGuardian({ marker })
  const secrets = [...new Set([...o.secrets, ...secretsOf(o.env)])]
  const records: GateRecord[] = []
  try {
    let before = await o.noteTree()
    for (const gate of o.gates) {
      if (o.stop.aborted) break
      o.onStart(gate)
      const done = await runGate(gate, { ...o, secrets, marker, guardian })
      const after = await o.noteTree()
      // What changed while it was tested, was not tested.
      const record = before && after?.id === before.id ? { ...done, tree: after } : done
      before = after
      if (record.outcome !== 'interrupted') writeGateRecord(o.logs, record)
      records.push(record)
      o.onEnd(record)
    }
    return records
  } finally {
    await guardian.close()
  }
}

/** A gate has the whole environment, and may print it. */
function secretsOf(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value && value.length >= SHORTEST && isSecretName(name) && !FOLDERS.has(name) ? [value] : [],
  )
}

/** Shorter values are found in half of all texts. */
const SHORTEST = 4

/** Folders, though their names read like that of a password. */
const FOLDERS: ReadonlySet<string> = new Set(['PWD', 'OLDPWD'])
