/**
 * SQLite, as Node brings it along. Older Node says on standard error that it is experimental; people who ask for a
 * verdict can do nothing about that, so this one line is kept off their screen, and no other.
 */
import type * as Sqlite from 'node:sqlite'

/** @throws Error when this Node was built without SQLite. */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: readonly unknown[]) => {
    if (isAboutSqlite(warning, rest[0])) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }) as typeof process.emitWarning
  try {
    const sqlite = process.getBuiltinModule('node:sqlite')
    if (sqlite === undefined) throw new Error('this Node has no node:sqlite')
    return sqlite
  } finally {
    process.emitWarning = emitWarning
  }
}

function isAboutSqlite(warning: string | Error, kind: unknown): boolean {
  return kind === 'ExperimentalWarning' && String(warning).startsWith('SQLite is an experimental feature')
}

/** An error that SQLite itself gave: no bug of ours, but the state of a file. */
export function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error
}
