import { createHash } from 'node:crypto'
import { match, smoke } from 'smokechain'

const ORDERS = [
  'id,customer,total,placed,paid',
  '1,"Ada, Ltd.",19.5,2026-01-02,true',
  '2,"say ""hi""",20,2026-01-03,false',
  '9007199254740993,"two\nlines",0.25,2026-01-04,true',
  '',
].join('\n')
const CSV = { headers: { 'content-type': 'text/csv' } }
const NDJSON = { headers: { 'content-type': 'application/x-ndjson' } }

export default smoke({
  title:
    'what ingestd takes in is stored once, whole, and with the right types; what it refuses leaves no trace',
  why: 'a row lost or stored twice on the way in cannot be found again later',
  needs: ['ingestd', 'catalogd', 'storaged'],
  claims: ['idempotent-ingest', 'schema-drift'],
  budget: '30s',
  async run({ ingestd, catalogd, storaged, step, expect, unique }) {
    const orders = unique('orders')
    const sha256 = createHash('sha256').update(ORDERS).digest('hex')
    const columns = [
      { name: 'id', type: 'BIGINT' },
      { name: 'customer', type: 'VARCHAR' },
      { name: 'total', type: 'DOUBLE' },
      { name: 'placed', type: 'DATE' },
      { name: 'paid', type: 'BOOLEAN' },
    ]

    const ingested = await step('a CSV of three rows is ingested, its columns named and typed', () =>
      ingestd.post(
        `/v1/ingest/${orders}`,
        ORDERS,
        {
          status: 201,
          json: {
            dataset: orders,
            dataset_id: match.string(),
            rows: 3,
            columns,
            object: match.string(),
            sha256,
            deduplicated: false,
          },
        },
        CSV,
      ),
    )
    const object = String(ingested.json.object)
    const id = ingested.json.dataset_id

    await step('its object in storaged is a Parquet file', async () => {
      const stored = await storaged.get(`/v1/objects/${object}`, { status: 200 })
      expect('its first bytes', stored.body.subarray(0, 4).toString('latin1'), 'PAR1')
      expect('its last bytes', stored.body.subarray(-4).toString('latin1'), 'PAR1')
    })
    await step('the catalog holds the dataset with these columns and this object', () =>
      catalogd.get(`/v1/datasets/${orders}`, { status: 200, json: { id, columns, objects: [object] } }),
    )

    await step(
      'the same bytes again are recognised and stored no second time',
      { claims: ['idempotent-ingest'] },
      async () => {
        await ingestd.post(
          `/v1/ingest/${orders}`,
          ORDERS,
          { status: 200, json: { deduplicated: true, rows: 3, object, dataset_id: id } },
          CSV,
        )
        await catalogd.get(`/v1/datasets/${orders}`, { status: 200, json: { objects: [object] } })
        await storaged.get(`/v1/objects?prefix=data/${orders}/`, {
          status: 200,
          json: { objects: [{ key: object }] },
        })
      },
    )
    await step(
      'more rows join the same dataset, the last one too, although its line has no end',
      async () => {
        await ingestd.post(
          `/v1/ingest/${orders}`,
          'id,customer,total,placed,paid\n4,Eve,1.5,2026-02-01,false\n5,Bob,2.5,2026-02-02,true',
          { status: 201, json: { rows: 2, dataset_id: id, deduplicated: false } },
          CSV,
        )
        await catalogd.get(`/v1/datasets/${orders}`, { status: 200, json: { objects: match.length(2) } })
      },
    )

    await step('other columns are refused as drift that names the column', { claims: ['schema-drift'] }, () =>
      ingestd.post(
        `/v1/ingest/${orders}`,
        'id,customer,total,placed,paid\nfive,Mallory,1.5,2026-02-01,false\n',
        {
          status: 409,
          json: {
            error: {
              code: 'schema_drift',
              columns: match.includes({ name: 'id', change: 'changed', received: 'VARCHAR' }),
            },
          },
        },
        CSV,
      ),
    )
    await step(
      'of the refused rows nothing is visible: not in the catalog, not in storaged',
      { claims: ['schema-drift'] },
      async () => {
        await catalogd.get(`/v1/datasets/${orders}`, {
          status: 200,
          json: { columns, objects: match.length(2) },
        })
        await storaged.get(`/v1/objects?prefix=data/${orders}/`, {
          status: 200,
          json: { objects: match.length(2) },
        })
      },
    )

    const ragged = unique('ragged')
    await step('a row with a field too few is refused with its line', () =>
      ingestd.post(
        `/v1/ingest/${ragged}`,
        'a,b\n1,2\n3\n5,6\n',
        { status: 400, json: { error: { line: 3, message: match.string(/line 3/) } } },
        CSV,
      ),
    )
    await step('a row with a field too many is refused with its line', () =>
      ingestd.post(
        `/v1/ingest/${ragged}`,
        'a,b\n1,2\n3,4\n5,6,7\n',
        { status: 400, json: { error: { line: 4 } } },
        CSV,
      ),
    )
    await step('a quote that never closes is refused with the line where it opens', () =>
      ingestd.post(
        `/v1/ingest/${ragged}`,
        'a,b\n1,"2\n3,4\n',
        { status: 400, json: { error: { line: 2 } } },
        CSV,
      ),
    )
    await step('two columns of one name are refused', () =>
      ingestd.post(
        `/v1/ingest/${ragged}`,
        'a,a\n1,2\n',
        { status: 400, json: { error: { code: match.string() } } },
        CSV,
      ),
    )
    await step('an empty file is refused', () =>
      ingestd.post(
        `/v1/ingest/${ragged}`,
        '',
        { status: 400, json: { error: { code: match.string() } } },
        CSV,
      ),
    )
    await step('a refused file makes no dataset', () =>
      catalogd.get(`/v1/datasets/${ragged}`, { status: 404 }),
    )

    const people = unique('people')
    await step('NDJSON is ingested; a key that a line lacks is null, "007" stays text', () =>
      ingestd.post(
        `/v1/ingest/${people}`,
        '{"name":"Ada","badge":"007","age":36}\n{"name":"Grace","badge":"042"}\n',
        {
          status: 201,
          json: {
            rows: 2,
            columns: [
              { name: 'name', type: 'VARCHAR' },
              { name: 'badge', type: 'VARCHAR' },
              { name: 'age', type: 'BIGINT' },
            ],
          },
        },
        NDJSON,
      ),
    )
    await step('a line that is no JSON object is refused with its line', async () => {
      await ingestd.post(
        `/v1/ingest/${ragged}`,
        '{"a":1}\n[2]\n',
        { status: 400, json: { error: { line: 2 } } },
        NDJSON,
      )
      await ingestd.post(
        `/v1/ingest/${ragged}`,
        '{"a":1}\n{"a":\n',
        { status: 400, json: { error: { line: 2 } } },
        NDJSON,
      )
    })
    await step('another media type is refused', () =>
      ingestd.post(
        `/v1/ingest/${ragged}`,
        '<a/>',
        { status: 415, json: { error: { code: 'unsupported_media_type' } } },
        { headers: { 'content-type': 'application/xml' } },
      ),
    )
    await step('a name that is no table name is refused', () =>
      ingestd.post(
        '/v1/ingest/No-Table',
        'a\n1\n',
        { status: 400, json: { error: { code: 'bad_dataset_name' } } },
        CSV,
      ),
    )
  },
})
