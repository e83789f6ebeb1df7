import { readdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { startRig } from './rig.ts'

const NDJSON = 'application/x-ndjson'

describe('inputs that are refused', () => {
  it.each<[string, string | Buffer, string, string, number | undefined]>([
    ['a row too short', 'a,b\n1,2\n3\n', 'text/csv', 'ragged_row', 3],
    ['a row too long', 'a,b\n1,2,3\n', 'text/csv', 'ragged_row', 2],
    ['a ragged row after a field of several lines', 'a,b\n"x\ny\nz",2\n3\n', 'text/csv', 'ragged_row', 5],
    ['a blank line', 'a,b\n1,2\n\n3,4\n', 'text/csv', 'ragged_row', 3],
    ['an open quote', 'a,b\n1,"2\n3,4\n', 'text/csv', 'malformed_csv', 2],
    ['nothing', '', 'text/csv', 'empty_input', undefined],
    ['nothing but a byte order mark', '\ufeff', 'text/csv', 'empty_input', undefined],
    ['a column twice', 'a,b,a\n', 'text/csv', 'duplicate_column', 1],
    ['a column twice but for case', 'a,b,A\n', 'text/csv', 'duplicate_column', 1],
    ['a column without a name', 'a,,b\n', 'text/csv', 'empty_column_name', 1],
    ['a column of blanks', 'a,"  "\n', 'text/csv', 'empty_column_name', 1],
    ['a blank header', '\na\n', 'text/csv', 'empty_column_name', 1],
    ['a control character in a name', 'a\u0007\n', 'text/csv', 'bad_column_name', 1],
    ['a name too long', `${'a'.repeat(256)}\n`, 'text/csv', 'bad_column_name', 1],
    [
      'too many columns',
      Array.from({ length: 1_001 }, (_, i) => `c${i}`).join(),
      'text/csv',
      'too_many_columns',
      1,
    ],
    ['bytes that are no UTF-8', Buffer.from('a\nx\n\xff\n', 'latin1'), 'text/csv', 'invalid_utf8', 3],
    ['UTF-8 that ends too early', Buffer.from('a\n\xc3', 'latin1'), 'text/csv', 'invalid_utf8', 2],
    ['UTF-16', Buffer.from('a\n1\n', 'utf16le'), 'text/csv', 'bad_column_name', 1],
    ['an array', '{"a":1}\n[1]\n', NDJSON, 'not_an_object', 2],
    ['broken JSON', '{"a":1}\n\n{"a":\n', NDJSON, 'malformed_json', 3],
    ['a key twice', '{"a":1,"a":2}', NDJSON, 'duplicate_key', 1],
    ['keys that differ in case', '{"a":1}\n{"A":2}', NDJSON, 'duplicate_column', 2],
    ['an empty key', '{"":1}', NDJSON, 'empty_column_name', 1],
    ['no line', '\n\n', NDJSON, 'empty_input', undefined],
    ['no key', '{}\n{}', NDJSON, 'empty_input', undefined],
  ])('%s', async (_what, input, type, code, line) => {
    await using rig = await startRig()
    const { status, body } = await rig.ingest('t', input, type)
    expect([status, body.error.code, body.error.line]).toEqual([400, code, line])
    if (line !== undefined) expect(body.error.message).toContain(`line ${line}:`)
    expect([rig.objects.size, rig.datasets.size]).toEqual([0, 0])
  })

  it.each([
    '',
    'text/plain',
    'application/json',
    'text/csv; charset=latin1',
    'multipart/form-data',
    'text/csvx',
  ])('415 for Content-Type %j', async (type) => {
    await using rig = await startRig()
    expect((await rig.ingest('t', 'a\n1', type)).status).toBe(415)
  })

  it.each(['text/csv; charset=utf-8', 'TEXT/CSV', 'text/csv;header=present;charset="UTF-8"'])(
    'but not for %j',
    async (type) => {
      await using rig = await startRig()
      expect((await rig.ingest('t', 'a\n1', type)).status).toBe(201)
    },
  )

  it.each(['Orders', '1a', 'a-b', 'a.b', '..%2Fx', 'a%20b', 'ä', 'a'.repeat(64)])(
    '400 for the dataset name %s',
    async (name) => {
      await using rig = await startRig()
      expect(await rig.ingest(encodeURI(name).replaceAll('%25', '%'), 'a\n1')).toMatchObject({
        status: 400,
        body: { error: { code: 'bad_dataset_name' } },
      })
    },
  )

  it('413 by the announced length, though the body never comes', async () => {
    await using rig = await startRig({ maxBodyBytes: 10 })
    const payload = new Readable({ read: () => undefined })
    const headers = { 'content-type': 'text/csv', 'content-length': '11' }
    const answer = await rig.app.inject({ method: 'POST', url: '/v1/ingest/t', headers, payload })
    expect([answer.statusCode, answer.json().error.code]).toEqual([413, 'too_large'])
    expect(await readdir(rig.folder)).toEqual([])
  })

  it('413 for a body that grows past the limit, and takes one that just fits', async () => {
    await using rig = await startRig({ maxBodyBytes: 10 })
    expect((await rig.ingest('t', Readable.from(['a\n', '12345678']))).status).toBe(201)
    expect((await rig.ingest('t', Readable.from(['a\n', '123456789']))).status).toBe(413)
    expect(rig.objects.size).toBe(1)
  })
})
