import { match, smoke } from 'smokechain'

const COLUMNS = [
  { name: 'id', type: 'BIGINT' },
  { name: 'total', type: 'DOUBLE' },
]

export default smoke({
  title: 'catalogd keeps one dataset a name, refuses drift, and forgets nothing it has acknowledged',
  why: 'a second dataset or a silent change of columns makes every later answer wrong',
  needs: ['catalogd', 'storaged'],
  claims: ['schema-drift', 'idempotent-ingest', 'write-durability'],
  budget: '20s',
  async run({ catalogd, storaged, step, unique, stack }) {
    const name = unique('orders')
    const first = `data/${name}/1.parquet`
    const second = `data/${name}/2.parquet`
    const register = (columns: object, objects: string[]) => ({
      name,
      columns,
      fingerprint: 'fp-1',
      objects,
    })

    const created = await step('a new dataset gets an id', () =>
      catalogd.post('/v1/datasets', register(COLUMNS, [first]), {
        status: 201,
        json: { id: match.string(/\S{8,}/), name, columns: COLUMNS, objects: [first], version: 1 },
      }),
    )
    const id = created.json.id

    await step('the same registration again changes nothing', { claims: ['idempotent-ingest'] }, () =>
      catalogd.post('/v1/datasets', register(COLUMNS, [first]), {
        status: 200,
        json: { id, objects: [first], added_objects: [], version: 1 },
      }),
    )
    await step('a further object is added once, to the same dataset', { claims: ['idempotent-ingest'] }, () =>
      catalogd.post('/v1/datasets', register(COLUMNS, [first, second, second]), {
        status: 200,
        json: { id, objects: [first, second], added_objects: [second] },
      }),
    )

    await step(
      'other columns are refused as drift, and each column that differs is named',
      { claims: ['schema-drift'] },
      () =>
        catalogd.post(
          '/v1/datasets',
          register(
            [
              { name: 'id', type: 'VARCHAR' },
              { name: 'note', type: 'VARCHAR' },
            ],
            ['data/x.parquet'],
          ),
          {
            status: 409,
            json: {
              error: {
                code: 'schema_drift',
                columns: match.includes(
                  { name: 'id', change: 'changed', expected: 'BIGINT', received: 'VARCHAR' },
                  { name: 'note', change: 'added' },
                  { name: 'total', change: 'removed' },
                ),
              },
            },
          },
        ),
    )
    await step('after the refusal the dataset is what it was', { claims: ['schema-drift'] }, () =>
      catalogd.get(`/v1/datasets/${name}`, {
        status: 200,
        json: { id, columns: COLUMNS, objects: [first, second] },
      }),
    )

    await step('the list holds it', () =>
      catalogd.get('/v1/datasets', { status: 200, json: { datasets: match.includes({ id, name }) } }),
    )
    await step('a dataset that never was is a 404 that names it', () =>
      catalogd.get(`/v1/datasets/${name}_no`, {
        status: 404,
        json: { error: { code: 'not_found', dataset: `${name}_no` } },
      }),
    )
    await step('a name that is no table name is refused', () =>
      catalogd.post(
        '/v1/datasets',
        { ...register(COLUMNS, [first]), name: 'No Table' },
        {
          status: 400,
          json: { error: { code: 'bad_request', field: 'name' } },
        },
      ),
    )
    await step('an unknown field is refused by name', () =>
      catalogd.post(
        '/v1/datasets',
        { ...register(COLUMNS, [first]), colums: [] },
        {
          status: 400,
          json: { error: { code: 'bad_request', field: 'colums' } },
        },
      ),
    )
    await step('the manifest is an object in storaged', () =>
      storaged.get(`/v1/objects/catalog/datasets/${name}.json`, { status: 200, json: { id, name } }),
    )

    await step(
      'after kill -9 it is all there: id, columns, objects',
      { claims: ['write-durability'] },
      async () => {
        await stack.restart('catalogd', { signal: 'SIGKILL' })
        await catalogd.get(`/v1/datasets/${name}`, {
          status: 200,
          json: { id, columns: COLUMNS, objects: [first, second] },
        })
      },
    )
    await step(
      'after kill -9 a registration is still idempotent',
      { claims: ['idempotent-ingest', 'write-durability'] },
      () =>
        catalogd.post('/v1/datasets', register(COLUMNS, [second]), {
          status: 200,
          json: { id, objects: [first, second], added_objects: [] },
        }),
    )
    await step('after kill -9 drift is still refused', { claims: ['schema-drift', 'write-durability'] }, () =>
      catalogd.post('/v1/datasets', register([{ name: 'id', type: 'DOUBLE' }], [first]), {
        status: 409,
        json: { error: { code: 'schema_drift', dataset: name } },
      }),
    )

    await step('a deleted dataset is gone, and its name is free for another', async () => {
      await catalogd.delete(`/v1/datasets/${name}`, { status: 200, json: { id, deleted: true } })
      await catalogd.get(`/v1/datasets/${name}`, { status: 404 })
      await catalogd.post('/v1/datasets', register(COLUMNS, [first]), {
        status: 201,
        json: { id: match.not(id), objects: [first] },
      })
    })
  },
})
