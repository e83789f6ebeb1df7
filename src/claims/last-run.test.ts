import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { Script } from '../ledger/test-events.ts'
import { row, runOf } from './fixture.ts'
import { findLastRun, isWhole, readNamedRun } from './last-run.ts'

const STACK = '/shop/shop.toml'
let logs = ''
beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'smokechain-last-'))
  onTestFinished(() => rmSync(logs, { recursive: true }))
})

const idOf = (minute: number): string => `20261120T10${String(minute).padStart(2, '0')}00.000Z-ab12cd`

/** A run of d1, or of d1 alone of a longer chain. */
function write(minute: number, o: { missing?: string[]; stack?: string } = {}): string {
  const id = idOf(minute)
  const { ledger } = runOf([row('d1', ['a'])], o.missing)
  const document = { ...ledger, run: id, stack: { name: 'shop', file: o.stack ?? STACK } }
  mkdirSync(join(logs, 'runs', id), { recursive: true })
  writeFileSync(join(logs, 'runs', id, 'ledger.json'), JSON.stringify(document))
  return id
}

describe('the last run', () => {
  it('is none where nothing was run', () => expect(findLastRun(logs, STACK)).toEqual({ notes: [] }))

  it('is the last of this stack', () => {
    write(1)
    const id = write(2)
    write(3, { stack: '/shop/other.toml' })
    expect(findLastRun(logs, STACK)).toMatchObject({ run: { id }, notes: [] })
  })

  it('is the last of the whole chain; one of a part of it is told', () => {
    const whole = write(1)
    const part = write(2, { missing: ['d2'] })
    expect(findLastRun(logs, STACK)).toMatchObject({
      run: { id: whole },
      notes: [`a newer run of a part of the chain is there: --run ${part}`],
    })
  })

  it('is of a part of the chain when there is no other', () => {
    write(1, { missing: ['d2'] })
    const id = write(2, { missing: ['d2'] })
    const { run } = findLastRun(logs, STACK)
    expect(run?.id).toBe(id)
    expect(run && isWhole(run)).toBe(false)
  })

  it('is not one that still goes on', () => {
    const id = write(1)
    const dir = join(logs, 'runs', idOf(2))
    mkdirSync(dir)
    writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid: process.pid, since: '' }))
    expect(findLastRun(logs, STACK)).toMatchObject({ run: { id }, notes: [] })
  })

  it('may have been killed: then its journal tells', () => {
    write(1)
    const dir = join(logs, 'runs', idOf(2))
    mkdirSync(dir)
    const script = new Script().start(['d1', 'd2']).smoke('d1')
    writeFileSync(
      join(dir, 'journal.jsonl'),
      script.events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    )
    const { run } = findLastRun(logs, 'stacks/dev.toml')
    expect(run?.ledger.rows.map(({ class: verdict }) => verdict)).toEqual(['PASS', 'NOT RUN'])
  })

  it('is not one whose ledger is damaged, which is told', () => {
    const id = write(1)
    const torn = write(2)
    writeFileSync(join(logs, 'runs', torn, 'ledger.json'), '{"schema": 1')
    const last = findLastRun(logs, STACK)
    expect(last.run?.id).toBe(id)
    expect(last.notes).toEqual([expect.stringMatching(`^run ${torn} cannot be used: `)])
  })
})

describe('a run that is named', () => {
  it('is found by its id, and by its folder', () => {
    const id = write(1, { stack: '/other.toml' })
    for (const name of [id, join(logs, 'runs', id)]) {
      expect(readNamedRun(logs, name)).toMatchObject({ ok: true, value: { id } })
    }
  })
  it('and is not there: an error that knows the nearest', () => {
    const id = write(1)
    expect(readNamedRun(logs, id.replace('ab12', 'ab21'))).toEqual({
      ok: false,
      error: `there is no run "${id.replace('ab12', 'ab21')}"; did you mean "${id}"? (known: ${id})`,
    })
  })
})
