/**
 * The tables of history.db. `application_id` says that the file is ours, `user_version` which of these tables it has.
 * A change of them is one more entry of MIGRATIONS; what a file lacks is applied in order, in one transaction.
 */
import type { DatabaseSync } from 'node:sqlite'
import { err, ok, type Result } from '../kernel/result.ts'

/** "smok", as four bytes. */
const APPLICATION_ID = 0x73_6d_6f_6b

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     id INTEGER PRIMARY KEY,
     run TEXT NOT NULL UNIQUE,
     at TEXT NOT NULL,
     stack TEXT NOT NULL,
     stack_file TEXT NOT NULL,
     tree TEXT,
     dirty INTEGER,
     tool TEXT NOT NULL,
     node TEXT NOT NULL,
     machine TEXT NOT NULL,
     cores INTEGER,
     load REAL,
     stressed INTEGER NOT NULL,
     attached INTEGER NOT NULL,
     whole INTEGER NOT NULL,
     finished INTEGER NOT NULL,
     green INTEGER NOT NULL,
     exit_code INTEGER NOT NULL,
     gate_line TEXT NOT NULL,
     boot_ms REAL,
     ms REAL NOT NULL,
     expectations INTEGER NOT NULL,
     smokes INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX runs_by_stack ON runs (stack, run);
   CREATE TABLE smokes (
     run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
     position INTEGER NOT NULL,
     smoke TEXT NOT NULL,
     class TEXT NOT NULL,
     ms REAL NOT NULL,
     steps INTEGER NOT NULL,
     expectations INTEGER NOT NULL,
     slow TEXT NOT NULL,
     PRIMARY KEY (run_id, position)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX smokes_by_name ON smokes (smoke, run_id);`,
  // Share of the machine that others had while it ran.
  'ALTER TABLE smokes ADD COLUMN others REAL;',
]

/**
 * Makes the tables, or brings older ones up to date. Two processes may do so at once.
 *
 * @returns why this file is not to be touched.
 * @throws Error of SQLite.
 */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): Result<void, string> {
  const verdict = check(db, migrations.length)
  if (!verdict.ok || verdict.value === migrations.length) return verdict.ok ? ok(undefined) : verdict
  db.exec('BEGIN IMMEDIATE')
  try {
    // Asked again: another process may have been first.
    const now = check(db, migrations.length)
    if (now.ok) {
      for (const sql of migrations.slice(now.value)) db.exec(sql)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
      db.exec(`PRAGMA user_version = ${migrations.length}`)
    }
    db.exec('COMMIT')
    return now.ok ? ok(undefined) : now
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/**
 * Looks only.
 *
 * @returns the version of the tables, 0 for an empty file; the error says why the file is not to be touched.
 */
function check(db: DatabaseSync, newest = MIGRATIONS.length): Result<number, string> {
  const version = readPragma(db, 'user_version')
  const isOurs = readPragma(db, 'application_id') === APPLICATION_ID
  if (!isOurs) {
    const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()
    if (tables?.['n'] !== 0 || version !== 0) return err('it is a database of something else')
  }
  if (version > newest) {
    return err(`a newer smokechain wrote it (its tables are version ${version}, this one knows ${newest})`)
  }
  return ok(version)
}

/** Whether the file can be read as it is. */
export function checkReadable(db: DatabaseSync): Result<void, string> {
  const version = check(db)
  if (!version.ok) return version
  if (version.value === MIGRATIONS.length) return ok(undefined)
  return err(version.value === 0 ? 'it is empty' : 'an older smokechain wrote it, and it may not be changed')
}

function readPragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
}
