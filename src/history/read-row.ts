/** Rows of history.db as records. What a hand has put there in place of a number reads as one, or as nothing. */
import type { SQLOutputValue } from 'node:sqlite'
import type { VerdictClass } from '../kernel/event.ts'
import { VERDICT_CLASSES } from '../ledger/classes.ts'
import type { RunRecord, SlowMark, SmokeRecord } from './record.ts'

type DataRow = Readonly<Record<string, SQLOutputValue>>

const text = (row: DataRow, name: string): string => String(row[name] ?? '')
const number = (row: DataRow, name: string): number => Number(row[name] ?? 0)
const flag = (row: DataRow, name: string): boolean => number(row, name) !== 0
const isThere = (row: DataRow, name: string): boolean => row[name] !== null && row[name] !== undefined

/** @param row of the table `runs`, with all its columns. @param smokes those of this run, in chain order. */
export function readRun(row: DataRow, smokes: readonly SmokeRecord[]): RunRecord {
  return {
    run: text(row, 'run'),
    at: text(row, 'at'),
    stack: text(row, 'stack'),
    stackFile: text(row, 'stack_file'),
    ...(isThere(row, 'tree') && { tree: text(row, 'tree'), dirty: flag(row, 'dirty') }),
    tool: text(row, 'tool'),
    node: text(row, 'node'),
    machine: text(row, 'machine'),
    ...(isThere(row, 'cores') && { cores: number(row, 'cores') }),
    ...(isThere(row, 'load') && { load: number(row, 'load') }),
    stressed: flag(row, 'stressed'),
    attached: flag(row, 'attached'),
    whole: flag(row, 'whole'),
    finished: flag(row, 'finished'),
    green: flag(row, 'green'),
    exitCode: number(row, 'exit_code'),
    gateLine: text(row, 'gate_line'),
    ...(isThere(row, 'boot_ms') && { bootMs: number(row, 'boot_ms') }),
    ms: number(row, 'ms'),
    expectations: number(row, 'expectations'),
    smokes,
  }
}

/** In the order in which `readSmoke` takes them. */
export const SMOKE_COLUMNS = 'smoke, class, ms, steps, expectations, slow, others'

/**
 * @param row values only, by `SMOKE_COLUMNS`. A class that is none reads as NOT RUN, a mark that is none as not slow.
 */
export function readSmoke(row: readonly SQLOutputValue[]): SmokeRecord {
  const [smoke, verdict, ms, steps, expectations, slow, others] = row
  return {
    smoke: String(smoke ?? ''),
    class: readClass(verdict),
    ms: Number(ms ?? 0),
    steps: Number(steps ?? 0),
    expectations: Number(expectations ?? 0),
    slow: readMark(slow),
    ...(typeof others === 'number' && { others }),
  }
}

const readClass = (value: SQLOutputValue | undefined): VerdictClass =>
  VERDICT_CLASSES.find((known) => known === value) ?? 'NOT RUN'

const readMark = (value: SQLOutputValue | undefined): SlowMark =>
  value === 'shown' || value === 'failed' ? value : 'no'
