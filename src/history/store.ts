/**
 * logs/history.db: what every run leaves in it, and what is asked of it. SQLite keeps it: one file, safe for several
 * processes at once, whole after a kill. It is a comfort, never a condition: whatever is wrong with it is one line of
 * text, and no run fails for it.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { err, ok, type Result } from '../kernel/result.ts'
import type { TimeTaken } from '../kernel/slowness.ts'
import { explainStoreFault } from './faults.ts'
import { readRun, readSmoke, SMOKE_COLUMNS } from './read-row.ts'
import type { RunRecord, SmokeRecord } from './record.ts'
import { checkReadable, migrate } from './schema.ts'
import type { Conditions } from './slow.ts'
import { isSqliteError, loadSqlite } from './sqlite.ts'

/** The oldest run goes when there are more. */
const RUNS_KEPT = 2_000
/** And so it does when all runs together have more smokes than this: some 12 MB. */
const SMOKES_KEPT = 200_000

/** Runs in which comparable durations are looked for: not every one was made on as quiet a machine. */
const RUNS_COMPARED = 100

/** How long a write waits for another process, and a read. */
const BUSY_MS = { write: 2_000, read: 500 } as const

export interface StoreOptions {
  /** Makes the file when it is not there, and may add to it. */
  readonly writable: boolean
  /** Milliseconds to wait for another process. */
  readonly busyMs?: number
  readonly keep?: { readonly runs: number; readonly smokes: number }
}

/** Of which runs. */
export interface RunQuery {
  readonly stack?: string
  /** Only runs in which this smoke was selected. */
  readonly smoke?: string
  /** The newest so many. */
  readonly last: number
}

/**
 * Made by `withHistory`, and closed with it: it must not be kept. Throws SQLite's errors, which `withHistory` turns
 * into a line of text; `add` needs `writable`.
 */
export class HistoryStore {
  readonly #db: DatabaseSync
  readonly #keep: { readonly runs: number; readonly smokes: number }

  constructor(db: DatabaseSync, keep: { readonly runs: number; readonly smokes: number }) {
    this.#db = db
    this.#keep = keep
  }

  /** Adds runs, each in place of an older record of the same run, and removes the oldest beyond the bound. */
  add(records: readonly RunRecord[]): void {
    if (records.length === 0) return
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const record of records) this.#insert(record)
      this.#prune()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Which of these runs are in it. */
  knows(runs: readonly string[]): ReadonlySet<string> {
    const statement = this.#db.prepare('SELECT 1 FROM runs WHERE run = ?')
    return new Set(runs.filter((run) => statement.get(run) !== undefined))
  }

  /** Stacks by name, the one of the newest run first. */
  stacks(): { readonly stack: string; readonly file: string; readonly runs: number }[] {
    // With max(), SQLite takes the other columns from the row that has it.
    const sql = `SELECT stack, stack_file, count(*) AS n, max(run) AS newest FROM runs GROUP BY stack ORDER BY newest DESC`
    const rows = this.#db.prepare(sql).all()
    return rows.map((row) => ({
      stack: String(row['stack']),
      file: String(row['stack_file']),
      runs: Number(row['n']),
    }))
  }

  /** Newest first, each with its smokes in chain order (with `smoke`: with that one alone). */
  runs({ stack, smoke, last }: RunQuery): RunRecord[] {
    const where = [
      ...(stack === undefined ? [] : ['stack = :stack']),
      ...(smoke === undefined ? [] : ['id IN (SELECT run_id FROM smokes WHERE smoke = :smoke)']),
    ]
    const chosen = `SELECT * FROM runs ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY run DESC LIMIT :last`
    const values: Record<string, SQLInputValue> = {
      last,
      ...(stack !== undefined && { stack }),
      ...(smoke !== undefined && { smoke }),
    }
    const smokes = new Map<unknown, SmokeRecord[]>()
    const ofThese = `SELECT run_id, ${SMOKE_COLUMNS} FROM smokes WHERE run_id IN (SELECT id FROM (${chosen}))`
    const only = smoke === undefined ? '' : ' AND smoke = :smoke'
    const rows = this.#db.prepare(`${ofThese}${only} ORDER BY run_id, position`)
    // There may be very many, and an array is made in half the time of an object.
    rows.setReturnArrays(true)
    // Both in one transaction: another run may be added or pruned in between.
    this.#db.exec('BEGIN')
    try {
      for (const [run, ...row] of rows.all(values) as unknown as Iterable<readonly SQLOutputValue[]>) {
        const list = smokes.get(run)
        if (list) list.push(readSmoke(row))
        else smokes.set(run, [readSmoke(row)])
      }
      return this.#db
        .prepare(chosen)
        .all(values)
        .map((row) => readRun(row, smokes.get(row['id']) ?? []))
    } finally {
      this.#db.exec('COMMIT')
    }
  }

  /**
   * For the rule of slow.ts: what smokes took in runs under these conditions, newest first, by smoke. A smoke counts when
   * it kept its promise; also when it failed for nothing but its slowness, or one that does more by now would fail for
   * ever.
   */
  samples(like: Conditions): Map<string, TimeTaken[]> {
    const rows = this.#db.prepare(
      `SELECT smoke, ms, others FROM smokes JOIN (
         SELECT id, run FROM runs
         WHERE stack = ? AND machine = ? AND cores = ? AND attached = ? AND whole = ? AND stressed = 0
         ORDER BY run DESC LIMIT ?
       ) ON id = run_id
       WHERE (class = 'PASS' OR slow = 'failed') AND others IS NOT NULL ORDER BY run DESC`,
    )
    const { stack, machine, cores, attached, whole } = like
    const found = rows.all(stack, machine, cores, Number(attached), Number(whole), RUNS_COMPARED)
    const samples = new Map<string, TimeTaken[]>()
    for (const row of found) {
      const taken = { ms: Number(row['ms']), others: Number(row['others']) }
      const list = samples.get(String(row['smoke']))
      if (list) list.push(taken)
      else samples.set(String(row['smoke']), [taken])
    }
    return samples
  }

  #insert(r: RunRecord): void {
    this.#db.prepare('DELETE FROM runs WHERE run = ?').run(r.run)
    const values: Record<string, SQLInputValue> = {
      run: r.run,
      at: r.at,
      stack: r.stack,
      stack_file: r.stackFile,
      tree: r.tree ?? null,
      dirty: r.dirty === undefined ? null : Number(r.dirty),
      tool: r.tool,
      node: r.node,
      machine: r.machine,
      cores: r.cores ?? null,
      load: r.load ?? null,
      stressed: Number(r.stressed),
      attached: Number(r.attached),
      whole: Number(r.whole),
      finished: Number(r.finished),
      green: Number(r.green),
      exit_code: r.exitCode,
      gate_line: r.gateLine,
      boot_ms: r.bootMs ?? null,
      ms: r.ms,
      expectations: r.expectations,
      smokes: r.smokes.length,
    }
    const { lastInsertRowid } = this.#db.prepare(insertInto('runs', Object.keys(values))).run(values)
    const names = ['run_id', 'position', ...SMOKE_COLUMNS.split(', ')]
    const statement = this.#db.prepare(insertInto('smokes', names))
    for (const [position, s] of r.smokes.entries()) {
      statement.run({ run_id: lastInsertRowid, position, ...s, others: s.others ?? null })
    }
  }

  #prune(): void {
    const { runs, smokes } = this.#keep
    this.#db
      .prepare(
        `DELETE FROM runs WHERE id IN (
           SELECT id FROM (
             SELECT id, row_number() OVER newest AS nth, sum(smokes) OVER newest AS total
             FROM runs WINDOW newest AS (ORDER BY run DESC)
           ) WHERE nth > 1 AND (nth > ? OR total > ?))`,
      )
      .run(runs, smokes)
  }
}

const insertInto = (table: string, names: readonly string[]): string =>
  `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`

/**
 * Opens the store, uses it and closes it again.
 *
 * @returns what `use` gave; or in one line why that was not possible.
 * @throws whatever is no fault of the store.
 */
export function withHistory<T>(
  path: string,
  options: StoreOptions,
  use: (store: HistoryStore) => T,
): Result<T, string> {
  const { DatabaseSync } = loadSqlite()
  const timeout = options.busyMs ?? (options.writable ? BUSY_MS.write : BUSY_MS.read)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout, readOnly: !options.writable })
    if (options.writable) db.exec('PRAGMA synchronous = NORMAL')
    const state = options.writable ? migrate(db) : checkReadable(db)
    if (!state.ok) return err(explainStoreFault(path, state.error))
    return ok(use(new HistoryStore(db, options.keep ?? { runs: RUNS_KEPT, smokes: SMOKES_KEPT })))
  } catch (error) {
    if (isSqliteError(error)) return err(explainStoreFault(path, error))
    throw error
  } finally {
    if (db?.isOpen) db.close()
  }
}
