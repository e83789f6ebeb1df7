import { describe, expect, it } from 'vitest'
import { match } from '../expect/match.ts'
import { AnswerView } from './answer-view.ts'
import { checkSqlAnswer, readTable } from './sql.ts'

const SQL = { path: '/sql', statementField: 'sql', rowsField: 'rows', columnsField: 'columns' }
const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const answer = (value: unknown, status = 200) =>
  new AnswerView('SQL', { status, headers: {}, body: body(value) })

describe('readTable', () => {
  it.each([
    [{ columns: ['a', 'b'], rows: [[1, 2]] }],
    [{ columns: [{ name: 'a' }, { name: 'b' }], rows: [[1, 2]] }],
    [{ rows: [{ a: 1, b: 2 }] }],
    [{ columns: ['a', 'b'], rows: [{ a: 1, b: 2 }] }],
  ])('reads %j', (value) => {
    expect(readTable(body(value), SQL)).toEqual({
      ok: true,
      table: { columns: ['a', 'b'], rows: [{ a: 1, b: 2 }] },
    })
  })

  it.each([[{}], [{ rows: 'none' }], [[]], [null]])('says that %j holds no rows', (value) => {
    expect(readTable(body(value), SQL)).toMatchObject({ ok: false })
  })
})

describe('checkSqlAnswer', () => {
  const table = { columns: ['n', 'name'], rows: [[3, 'x']] }

  it('takes rows as subsets, in order, and counts each clause', () => {
    const expectation = { rows: [{ n: 3 }], columns: ['n', 'name'], status: 200 }
    expect(checkSqlAnswer(expectation, answer(table), SQL)).toEqual({ expectations: 3, mismatches: [] })
    expect(checkSqlAnswer({ rows: match.length(1) }, answer(table), SQL).mismatches).toEqual([])
  })

  it('says where a row differs', () => {
    expect(checkSqlAnswer({ rows: [{ n: 2 }] }, answer(table), SQL).mismatches).toEqual([
      { what: '$.rows[0].n', expected: '2', received: '3' },
    ])
  })

  it('shows the answer when it holds no rows', () => {
    const [mismatch] = checkSqlAnswer({ rows: [] }, answer({ error: { code: 'bad' } }, 400), SQL).mismatches
    expect(mismatch?.received).toContain('400')
    expect(mismatch?.received).toContain('bad')
  })

  it('takes no rows of an answer that is an error', () => {
    expect(checkSqlAnswer({ rows: [] }, answer({ rows: [] }, 500), SQL).mismatches).toHaveLength(1)
  })
})
