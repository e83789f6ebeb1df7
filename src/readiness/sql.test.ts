import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Json } from '../stack/types.ts'
import { contextOf, makeFolder, portOf } from './fixtures/context.ts'
import { createSqlProbe, judgeRows, readRows } from './sql.ts'

const ENDPOINT = { path: '/v1/sql', statementField: 'sql', rowsField: 'rows', columnsField: 'columns' }
const attempt = (probe: ReturnType<typeof createSqlProbe>) =>
  probe.attempt(new AbortController().signal, 10_000)

describe('over the daemon’s HTTP endpoint', () => {
  async function ask(status: number, answer: string, expected?: Json) {
    const asked: string[] = []
    const server = createServer(async (request, response) => {
      const body = await request.setEncoding('utf8').reduce((text: string, part: string) => text + part, '')
      asked.push(`${request.method} ${request.url} ${body}`)
      response.writeHead(status).end(answer)
    })
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
    onTestFinished(() => void server.close())
    const spec = {
      kind: 'sql',
      statement: 'SELECT 1',
      ...(expected === undefined ? {} : { expect: expected }),
    } as const
    const seen = await attempt(createSqlProbe(spec, contextOf({ port: portOf(server) })))
    return { ...seen, asked }
  }

  test('sends the statement as the settings spell it', async () => {
    expect(await ask(200, '{"columns":["n"],"rows":[[1]]}', 1)).toEqual({
      ok: true,
      saw: 'the statement gave 1',
      asked: ['POST /v1/sql {"sql":"SELECT 1"}'],
    })
  })

  test.each([
    [503, '{"error":"warming up"}', 'answered 503: {"error":"warming up"}'],
    [200, '{}', 'answered 200, but it has no list "rows": {}'],
    [200, 'fine', 'answered 200, but it is no JSON: fine'],
    [200, '{"rows":[1]}', 'answered 200, but a row of "rows" is neither a list nor an object: {"rows":[1]}'],
    [200, '{"rows":[[2]]}', 'the statement gave 2, expected 1'],
    [200, '{"rows":[]}', 'the statement gave null, expected 1'],
  ])('does not hold on %i %s', async (status, answer, saw) => {
    expect(await ask(status, answer, 1)).toMatchObject({ ok: false, saw })
  })

  test('a refused connection is not there yet', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
    const port = portOf(server)
    await new Promise((resolve) => server.close(resolve))
    const probe = createSqlProbe({ kind: 'sql', statement: '' }, contextOf({ port }))
    expect(await attempt(probe)).toEqual({ ok: false, saw: `127.0.0.1:${port} refused the connection` })
  })
})

test('rows may be objects, in the order of the columns, which may be objects themselves', () => {
  const rows = [{ b: 1, a: 2 }]
  expect(readRows(JSON.stringify({ rows }), ENDPOINT)).toEqual([[1, 2]])
  expect(readRows(JSON.stringify({ rows, columns: ['a', 'b'] }), ENDPOINT)).toEqual([[2, 1]])
  expect(readRows(JSON.stringify({ rows, columns: [{ name: 'a' }] }), ENDPOINT)).toEqual([[2]])
})

test.each<[Json | undefined, boolean]>([
  [undefined, true],
  [3, true],
  ['3', true],
  [4, false],
  [[3, 'x'], true],
  [[3], false],
  [
    [
      [3, 'x'],
      [4, 'y'],
    ],
    true,
  ],
  [[[3, 'x']], false],
])('an expected value of %j: %s', (expected, ok) => {
  // As drivers give a 64-bit integer: as text, or as a BigInt.
  expect(
    judgeRows(
      [
        ['3', 'x'],
        [4n, 'y'],
      ],
      expected,
    ).ok,
  ).toBe(ok)
})

describe('over a database driver', () => {
  /** A package of that name in the daemon's project. */
  function project(name: string, files: Record<string, string>): string {
    const cwd = makeFolder()
    const folder = join(cwd, 'node_modules', name)
    mkdirSync(folder, { recursive: true })
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
    return cwd
  }
  const probe = (url: string, cwd: string, expected: Json) =>
    createSqlProbe({ kind: 'sql', statement: 'SELECT 1', url, expect: expected }, contextOf({ cwd }))

  const PG = `exports.Client = class {
    constructor(o) { this.o = o }
    on() {}
    async connect() { if (this.o.connectionString.includes('down')) throw new Error('the database system is starting up') }
    async query({ text, rowMode }) { return { rows: [[text + ' ' + rowMode + ' ' + this.o.connectionString]] } }
    async end() {}
  }`

  test('postgres:// goes through "pg"', async () => {
    const url = 'postgres://u@127.0.0.1:1/db'
    const cwd = project('pg', { 'index.js': PG })
    expect(await attempt(probe(url, cwd, `SELECT 1 array ${url}`))).toMatchObject({ ok: true })
  })

  test('a database that is not up yet is asked again', async () => {
    const cwd = project('pg', { 'index.js': PG })
    expect(await attempt(probe('postgresql://down/db', cwd, 1))).toEqual({
      ok: false,
      saw: 'the database system is starting up',
      fatal: false,
    })
  })

  test('mysql:// goes through "mysql2"', async () => {
    const driver = `exports.createConnection = async ({ uri }) => ({
      on() {}, destroy() {}, query: async ({ sql, rowsAsArray }) => [[[sql + ' ' + rowsAsArray + ' ' + uri]], []] })`
    const cwd = project('mysql2', { 'promise.js': driver })
    const url = 'mysql://127.0.0.1/db'
    expect(await attempt(probe(url, cwd, `SELECT 1 true ${url}`))).toMatchObject({ ok: true })
  })

  test.each([
    ['postgres://h/db', 'postgres:// needs the package "pg": npm install pg'],
    ['mysql://h/db', 'mysql:// needs the package "mysql2": npm install mysql2'],
    ['oracle://h/db', 'oracle is no database that can be asked'],
  ])('%s without its package can never hold', async (url, saw) => {
    expect(await attempt(probe(url, makeFolder(), 1))).toEqual({ ok: false, saw, fatal: true })
  })

  test('a driver that hangs does not hold up the wait', async () => {
    const hangs = `exports.Client = class { on() {} connect() { return new Promise(() => {}) } async end() {} }`
    const signal = AbortSignal.abort()
    const answer = await probe('postgres://h/db', project('pg', { 'index.js': hangs }), 1).attempt(
      signal,
      1_000,
    )
    expect(answer).toMatchObject({ ok: false, saw: 'no answer in time' })
  })
})
