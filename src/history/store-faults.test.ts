import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { migrate } from './schema.ts'
import { withHistory } from './store.ts'
import { runRecord } from './test-records.ts'
import { add, createPath, refusal, using } from './test-store.ts'

describe('a store that cannot be used says so in a line', () => {
  it('damaged from the start', () => {
    const path = createPath()
    writeFileSync(path, 'not a database, but long enough to have a header of its own'.repeat(50))
    expect(refusal(path)).toBe(
      'history.db is damaged (file is not a database); to begin a new one: mv history.db history.db.old',
    )
    expect(readFileSync(path, 'utf8')).toContain('not a database')
  })
  it('damaged within', () => {
    const path = createPath()
    using(path, (store) => {
      for (let i = 0; i < 200; i += 1) store.add([runRecord(i)])
    })
    const bytes = readFileSync(path)
    bytes.fill(0x5a, 4_096, bytes.length)
    writeFileSync(path, bytes)
    expect(refusal(path)).toMatch(/^history.db is damaged \(.+\); to begin a new one: mv /)
  })
  it('cut short', () => {
    const path = createPath()
    add(path, runRecord(1))
    writeFileSync(path, readFileSync(path).subarray(0, 2_000))
    expect(refusal(path)).toMatch(/^history.db is damaged/)
  })
  it('locked by another process', () => {
    const path = createPath()
    add(path, runRecord(1))
    const other = new DatabaseSync(path)
    other.exec('BEGIN EXCLUSIVE')
    expect(refusal(path)).toBe('history.db: another process keeps it locked (database is locked)')
    expect(refusal(path, { writable: false })).toContain('keeps it locked')
    other.exec('ROLLBACK')
    other.close()
    expect(refusal(path)).toBe('it worked')
  })
  it('only to be read', () => {
    const path = createPath()
    add(path, runRecord(1))
    expect(refusal(path, { writable: false })).toMatch(/^history.db: it may not be written \(.*readonly/)
  })
  it('a folder in its place', () => {
    const path = createPath()
    mkdirSync(path)
    expect(refusal(path)).toBe('history.db: it cannot be opened (unable to open database file)')
  })
  it('from a newer version', () => {
    const path = createPath()
    add(path, runRecord(1))
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 7')
    db.close()
    const said =
      'history.db: a newer smokechain wrote it (its tables are version 7, this one knows 2); to begin a new one: mv history.db history.db.old'
    expect(refusal(path)).toBe(said)
    expect(refusal(path, { writable: false })).toBe(said)
  })
  it('of something else, which is left alone', () => {
    const path = createPath()
    const db = new DatabaseSync(path)
    db.exec('CREATE TABLE mine (x)')
    db.close()
    expect(refusal(path)).toMatch(/^history.db: it is a database of something else; to begin/)
    const again = new DatabaseSync(path)
    expect(again.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 1 })
    again.close()
  })
  it('empty, and only to be read', () => {
    const path = createPath()
    writeFileSync(path, '')
    expect(refusal(path, { writable: false })).toContain('history.db: it is empty')
  })
  it('a bug is no fault of the store', () =>
    expect(() =>
      withHistory(createPath(), { writable: true }, () => {
        throw new TypeError('a bug')
      }),
    ).toThrow('a bug'))
})

describe('migration', () => {
  it('brings older tables up to date, and keeps what is in them', () => {
    const db = new DatabaseSync(createPath())
    const first = ['CREATE TABLE t (a) STRICT'.replace('a', 'a INTEGER')]
    expect(migrate(db, first)).toEqual({ ok: true, value: undefined })
    db.exec('INSERT INTO t VALUES (7)')
    expect(migrate(db, [...first, 'ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 8'])).toMatchObject({
      ok: true,
    })
    expect(db.prepare('SELECT * FROM t').all()).toEqual([{ a: 7, b: 8 }])
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 })
    db.close()
  })
  it('reads what the first version wrote', () => {
    const path = createPath()
    add(path, runRecord(1))
    const db = new DatabaseSync(path)
    db.exec('ALTER TABLE smokes DROP COLUMN others; PRAGMA user_version = 1')
    db.close()
    expect(refusal(path, { writable: false })).toContain('history.db: an older smokechain wrote it')
    const [run] = using(path, (store) => store.runs({ last: 1 }))
    expect(run?.smokes.map(({ smoke, others }) => [smoke, others])).toEqual([
      ['d1', undefined],
      ['d2', undefined],
    ])
  })
  it('that fails changes nothing', () => {
    const db = new DatabaseSync(createPath())
    expect(() => migrate(db, ['CREATE TABLE t (a)', 'not SQL'])).toThrow('syntax error')
    expect(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 })
    db.close()
  })
})
