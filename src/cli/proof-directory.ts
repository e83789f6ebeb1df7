/** Where the logs of a proof (`logs/prove/<id>/<mode>/`) or a parity run are, kept only when there is something to look at. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createRunId } from '../ledger/run-id.ts'

/** Proofs with findings that are kept, this one included. */
const KEPT = 5
/** Proofs and nothing else: what people put beside them stays. */
const ID = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}$/

export interface ProofDirectory {
  readonly id: string
  /** Absolute when `logs` is. */
  readonly path: string
  /** Removes it again: nothing was found. */
  discard(): void
}

/** @throws the system's error when it cannot be made. */
export function openProofDirectory(logs: string, kind: 'prove' | 'parity' = 'prove'): ProofDirectory {
  const parent = join(logs, kind)
  const id = createRunId()
  const path = join(parent, id)
  mkdirSync(path, { recursive: true })
  const old = readdirSync(parent)
    .filter((name) => ID.test(name))
    .sort()
    .slice(0, -KEPT)
  for (const name of old) rmSync(join(parent, name), { recursive: true, force: true })
  return { id, path, discard: () => rmSync(path, { recursive: true, force: true }) }
}
