import { match, smoke } from 'smokechain'

const CSV = { headers: { 'content-type': 'text/csv' } }
const TICKS = '10s'

export default smoke({
  title: 'the whole way works through one door: what goes in at the gateway comes out again',
  why: 'callers know only the gateway; a hop that loses a byte, a status or a request id hides every other fault',
  needs: ['gateway', 'storaged', 'catalogd', 'ingestd', 'queryd'],
  claims: ['upstream-named'],
  budget: '30s',
  async run({ gateway, storaged, step, unique, stack }) {
    const table = unique('readings')
    const requestId = unique('request')

    const ingested = await step('rows go in through the gateway', () =>
      gateway.post(
        `/v1/ingest/${table}`,
        'sensor,value\nt1,20.5\nt2,21.5\nt1,22.5\n',
        { status: 201, json: { dataset: table, rows: 3, deduplicated: false } },
        CSV,
      ),
    )
    const key = `${unique('d6')}/payload`
    const payload = Buffer.alloc(1_048_576, 'smokechain ')
    // While the tick is waited for, what has nothing to do with it.
    await Promise.all([
      step('a query through the gateway sees them, once the tick has passed', () =>
        gateway.post(
          '/v1/sql',
          { sql: `SELECT sensor, avg(value) AS mean FROM ${table} GROUP BY sensor ORDER BY sensor` },
          {
            status: 200,
            json: {
              row_count: 2,
              rows: [
                ['t1', 21.5],
                ['t2', 21.5],
              ],
            },
            within: TICKS,
          },
        ),
      ),
      (async () => {
        await step('the catalog through the gateway names the dataset', () =>
          gateway.get(`/v1/datasets/${table}`, {
            status: 200,
            json: { name: table, objects: [ingested.json.object] },
          }),
        )

        await step('an object through the gateway is the one in storaged, byte for byte', async () => {
          await gateway.put(`/v1/objects/${key}`, payload, {
            status: 200,
            json: { key, size: payload.length },
          })
          await storaged.get(`/v1/objects/${key}`, { status: 200, bytes: payload })
          await gateway.get(`/v1/objects/${key}`, { status: 200, bytes: payload })
        })

        await step('a request id goes all the way and comes back', () =>
          gateway.get(
            '/v1/datasets',
            { status: 200, headers: { 'x-request-id': requestId } },
            { headers: { 'x-request-id': requestId } },
          ),
        )
        await step('a request without an id gets one', () =>
          gateway.get('/v1/datasets', { status: 200, headers: { 'x-request-id': /^\S{8,}$/ } }),
        )
        await step("an owner's refusal passes unchanged", () =>
          gateway.get('/v1/objects/..%2Fescape', { status: 400, json: { error: { code: 'bad_key' } } }),
        )
        await step('an unknown door is a 404', () =>
          gateway.get('/v1/nothing', { status: 404, json: { error: { code: 'not_found' } } }),
        )
      })(),
    ])
    await step(
      'while queryd is down the gateway answers 502 and names it',
      { claims: ['upstream-named'] },
      async () => {
        await stack.stop('queryd', { signal: 'SIGKILL' })
        await gateway.post(
          '/v1/sql',
          { sql: 'SELECT 1' },
          { status: 502, json: { error: { code: 'upstream_unavailable', upstream: 'queryd' } } },
        )
      },
    )
    await step('its health says which daemon is down, and the other doors stay open', async () => {
      await gateway.get('/v1/health', {
        status: 200,
        json: { status: 'degraded', services: { queryd: { status: 'down' }, storaged: { status: 'ok' } } },
      })
      await gateway.get(`/v1/objects/${key}`, { status: 200, bytes: { length: payload.length } })
    })
    await step('when queryd is back, its door works and shows the same rows', async () => {
      await stack.start('queryd')
      await gateway.post(
        '/v1/sql',
        { sql: `SELECT count(*) AS n FROM ${table}` },
        { status: 200, json: { rows: [[3]] }, within: TICKS },
      )
      await gateway.get('/v1/health', {
        status: 200,
        json: { services: { queryd: { status: 'ok', ms: match.number() } } },
      })
    })
  },
})
