/** Gathers what there is of evidence (a run, reports of tests, records of gates) and assesses the claims by it. */
import { assessClaims } from './assess.ts'
import { readGateRecords } from './gate-records.ts'
import { findLastRun, type LastRun } from './last-run.ts'
import { readTestReport } from './test-report.ts'
import type { ClaimsFile, ClaimsReport, NotedTree } from './types.ts'

export interface ClaimsQuestion {
  readonly file: ClaimsFile
  readonly stack: { readonly name: string; readonly file: string }
  /** Folder of run directories, and of the records of gates. */
  readonly logs: string
  /** Absent: the last run of the whole chain of this stack. */
  readonly run?: LastRun
  /** The working state now; absent where no git tree tells it. */
  readonly tree?: NotedTree
}

/**
 * Reads and runs nothing: a gate counts by the record of its last run. What is damaged or cannot be read counts as
 * not there, and becomes a note in the report.
 */
export function collectClaims(o: ClaimsQuestion): ClaimsReport {
  const { run, notes } = o.run ?? findLastRun(o.logs, o.stack.file)
  const gates = readGateRecords(o.logs, o.file.gates)
  return assessClaims({
    at: new Date().toISOString(),
    stack: o.stack.name,
    file: o.file,
    ...(run && { run }),
    records: gates.records,
    tests: o.file.tests.map(readTestReport),
    ...(o.tree && { tree: o.tree }),
    notes: [...notes, ...gates.notes],
  })
}
