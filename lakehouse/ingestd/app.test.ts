import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { startRig } from './rig.ts'

const NDJSON = 'application/x-ndjson'
const CSV = 'id,name,amount\n1,a,1.5\n2,"b, ""x""\r\ny",\n'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('a first file', () => {
  it('becomes Parquet in storaged and a dataset in the catalog', async () => {
    await using rig = await startRig()
    const { status, body } = await rig.ingest('orders', CSV)
    const object = `data/orders/${sha256(CSV)}.parquet`
    const columns = [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
      { name: 'amount', type: 'DOUBLE' },
    ]
    expect([status, body]).toEqual([
      201,
      {
        dataset: 'orders',
        dataset_id: 'id-orders',
        rows: 2,
        columns,
        object,
        sha256: sha256(CSV),
        deduplicated: false,
      },
    ])
    expect(await rig.read(object)).toEqual({
      types: ['id BIGINT', 'name VARCHAR', 'amount DOUBLE'],
      rows: [
        ['1', 'a', '1.5'],
        ['2', 'b, "x"\r\ny', null],
      ],
      codecs: ['ZSTD'],
    })
    expect(rig.datasets.get('orders')).toMatchObject({
      objects: [object],
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('keeps every type and every digit', async () => {
    await using rig = await startRig()
    const csv =
      '\ufeffb,i,h,d,dt,ts,tz,zip,none,nul\r\n' +
      'true,-9223372036854775808,9223372036854775808,5e-324,0001-01-01,2024-02-29T12:30:00.123456,2024-02-29T12:30+02:00,007,,a\u0000b\r\n' +
      'FALSE,9223372036854775807,-1,0.1,9999-12-31,2024-02-29,1969-12-31 23:59:59.5Z,8,,""'
    const { body } = await rig.ingest('t', csv)
    const { types, rows } = await rig.read(body.object)
    expect(types).toEqual([
      'b BOOLEAN',
      'i BIGINT',
      'h DECIMAL(38,0)',
      'd DOUBLE',
      'dt DATE',
      'ts TIMESTAMP',
      'tz TIMESTAMP WITH TIME ZONE',
      'zip VARCHAR',
      'none VARCHAR',
      'nul VARCHAR',
    ])
    const utc = ['2024-02-29 10:30:00+00', '1969-12-31 23:59:59.5+00']
    expect(rows).toEqual([
      [
        'true',
        '-9223372036854775808',
        '9223372036854775808',
        '5e-324',
        '0001-01-01',
        '2024-02-29 12:30:00.123456',
        utc[0],
        '007',
        null,
        'a\u0000b',
      ],
      [
        'false',
        '9223372036854775807',
        '-1',
        '0.1',
        '9999-12-31',
        '2024-02-29 00:00:00',
        utc[1],
        '8',
        null,
        '',
      ],
    ])
  })

  it('takes NDJSON: missing keys are null, nested values their own text', async () => {
    await using rig = await startRig()
    const lines = [
      '{"a":1,"j":{"x":1.10}}',
      '',
      '{"b":"2024-01-01","j":"s"}',
      '{"a":null,"n":123456789012345678901.5}',
    ]
    const { status, body } = await rig.ingest('t', lines.join('\n'), NDJSON)
    expect(status).toBe(201)
    expect(body.rows).toBe(3)
    expect(await rig.read(body.object)).toMatchObject({
      types: ['a BIGINT', 'j JSON', 'b DATE', 'n JSON'],
      rows: [
        ['1', '{"x":1.10}', null, null],
        [null, '"s"', '2024-01-01', null],
        [null, null, null, '123456789012345678901.5'],
      ],
    })
  })

  it('keeps the order of many rows, and all of them', async () => {
    await using rig = await startRig()
    const numbers = Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 10_000)
    const { body } = await rig.ingest('t', `n\n${numbers.join('\n')}`)
    expect(body.rows).toBe(10_000)
    expect((await rig.read(body.object)).rows.map(([n]) => Number(n))).toEqual(numbers)
  })

  it('may hold a header and no rows', async () => {
    await using rig = await startRig()
    const { status, body } = await rig.ingest('t', 'a,b')
    expect(status).toBe(201)
    expect(body).toMatchObject({
      rows: 0,
      columns: [
        { name: 'a', type: 'VARCHAR' },
        { name: 'b', type: 'VARCHAR' },
      ],
    })
  })

  it('leaves nothing behind on the disk', async () => {
    await using rig = await startRig()
    await rig.ingest('t', CSV)
    await rig.ingest('t', 'a,b\n1')
    expect(await readdir(rig.folder)).toEqual([])
  })
})

describe('the same bytes again', () => {
  it('are known, and stored once [claim:idempotent-ingest]', async () => {
    await using rig = await startRig()
    const first = await rig.ingest('t', CSV)
    rig.objects.clear()
    const again = await rig.ingest('t', CSV)
    expect([again.status, again.body]).toEqual([200, { ...first.body, deduplicated: true }])
    expect(rig.objects.size).toBe(0)
  })

  it('sent twice at the same time are stored once as well [claim:idempotent-ingest]', async () => {
    await using rig = await startRig()
    const answers = await Promise.all([rig.ingest('t', CSV), rig.ingest('t', CSV), rig.ingest('t', CSV)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
    expect(rig.datasets.get('t')?.objects).toHaveLength(1)
  })

  it('belong to another dataset there', async () => {
    await using rig = await startRig()
    await rig.ingest('t', CSV)
    expect((await rig.ingest('u', CSV)).status).toBe(201)
    expect(rig.objects.size).toBe(2)
  })
})

describe('a further file', () => {
  it('fits with its columns in another order, narrower numbers, and no values at all', async () => {
    await using rig = await startRig()
    await rig.ingest('t', 'id,amount,day\n1,1.5,2024-01-01')
    const { status, body } = await rig.ingest('t', 'day,id,amount\n,2,3')
    expect(status).toBe(201)
    expect(body.columns.map(({ name }: { name: string }) => name)).toEqual(['id', 'amount', 'day'])
    expect(await rig.read(body.object)).toMatchObject({
      types: ['id BIGINT', 'amount DOUBLE', 'day DATE'],
      rows: [['2', '3.0', null]],
    })
    expect(rig.datasets.get('t')?.objects).toHaveLength(2)
  })

  it.each<[string, string, object[]]>([
    [
      'a wider type',
      'id,n\n1,1.5',
      [{ name: 'n', change: 'changed', expected: 'BIGINT', received: 'DOUBLE' }],
    ],
    ['text', 'id,n\nx,1', [{ name: 'id', change: 'changed', expected: 'BIGINT', received: 'VARCHAR' }]],
    ['a new column', 'id,n,z\n1,1,1', [{ name: 'z', change: 'added', expected: null, received: 'BIGINT' }]],
    ['a missing column', 'id\n1', [{ name: 'n', change: 'removed', expected: 'BIGINT', received: null }]],
    [
      'a renamed column',
      'id,N\n1,1',
      [
        { name: 'n', change: 'removed', expected: 'BIGINT', received: null },
        { name: 'N', change: 'added', expected: null, received: 'BIGINT' },
      ],
    ],
  ])('with %s is drift: 409, and nothing is stored', async (_what, csv, columns) => {
    await using rig = await startRig()
    await rig.ingest('t', 'id,n\n1,1')
    const before = [...rig.objects.keys()]
    const { status, body } = await rig.ingest('t', csv)
    expect([status, body.error.code, body.error.columns]).toEqual([409, 'schema_drift', columns])
    expect([...rig.objects.keys()]).toEqual(before)
    expect(rig.datasets.get('t')?.objects).toEqual(before)
  })

  it('that loses a race against other columns leaves no object', async () => {
    const other = {
      id: 'x',
      name: 't',
      fingerprint: 'f',
      columns: [{ name: 'z', type: 'DATE' }],
      objects: ['other'],
    }
    await using rig = await startRig({ beforeRegister: (datasets) => datasets.set('t', other) })
    const { status, body } = await rig.ingest('t', 'id\n1')
    expect([status, body.error.code]).toEqual([409, 'schema_drift'])
    expect(body.error.columns).toHaveLength(2)
    expect(rig.objects.size).toBe(0)
  })
})
