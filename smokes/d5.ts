import { match, smoke } from 'smokechain'

const CSV = { headers: { 'content-type': 'text/csv' } }
/** The refresh tick is 500 ms; a loaded machine gets several of them. */
const TICKS = '10s'

/** Statements that must not be run, and what each would do. */
const FORBIDDEN = [
  ['read a file', "SELECT * FROM read_text('/etc/passwd')"],
  ['read a CSV by its path', "SELECT * FROM '/etc/passwd'"],
  ['look into a folder', "SELECT * FROM glob('/etc/*')"],
  ['write a file', "COPY (SELECT 1) TO '/tmp/smokechain-must-not-exist.csv'"],
  ['attach a database', "ATTACH '/tmp/smokechain-must-not-exist.db'"],
  ['load an extension', 'INSTALL httpfs'],
  ['change a setting', 'SET enable_external_access = true'],
  ['change a setting by pragma', "PRAGMA temp_directory='/tmp'"],
  ['create a table', 'CREATE TABLE smuggled AS SELECT 1'],
] as const

export default smoke({
  title: 'queryd sees ingested rows within its tick, answers exactly, and only ever reads',
  why: 'integration checks once turned red because a query ran before the refresh tick; and SQL that can read files is a way in',
  needs: ['queryd', 'ingestd', 'catalogd', 'storaged'],
  claims: ['refresh-visibility', 'read-only-sql'],
  budget: '30s',
  async run({ queryd, ingestd, step, unique }) {
    const sales = unique('sales')
    const rows = Array.from(
      { length: 1_000 },
      (_, i) =>
        `${i},${i % 4 === 0 ? 'north' : 'south'},${i}.25,2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
    )

    await step('a thousand rows are ingested', () =>
      ingestd.post(
        `/v1/ingest/${sales}`,
        `id,region,amount,day\n${rows.join('\n')}\n`,
        { status: 201, json: { rows: 1_000 } },
        CSV,
      ),
    )
    await step('all of them are visible once the tick has passed', { claims: ['refresh-visibility'] }, () =>
      queryd.sql(`SELECT count(*) AS n FROM ${sales}`, { status: 200, rows: [{ n: 1_000 }], within: TICKS }),
    )
    await step('the table is listed', () =>
      queryd.get('/v1/tables', { status: 200, json: { tables: match.includes({ name: sales }) } }),
    )

    await step('aggregates are exact', () =>
      queryd.sql(
        `SELECT region, count(*) AS n, sum(id) AS ids, sum(amount) AS amount, min(id) AS low, max(id) AS high
           FROM ${sales} GROUP BY region ORDER BY region`,
        {
          status: 200,
          rows: [
            {
              region: 'north',
              n: 250,
              ids: match.oneOf(124_500, '124500'),
              amount: 124_562.5,
              low: 0,
              high: 996,
            },
            {
              region: 'south',
              n: 750,
              ids: match.oneOf(375_000, '375000'),
              amount: 375_187.5,
              low: 1,
              high: 999,
            },
          ],
        },
      ),
    )
    await step('filters and order hold', () =>
      queryd.sql(`SELECT id FROM ${sales} WHERE day = DATE '2026-01-28' ORDER BY id DESC LIMIT 2`, {
        status: 200,
        rows: [{ id: 979 }, { id: 951 }],
      }),
    )
    // While the tick is waited for, what has nothing to do with it.
    await Promise.all([
      step(
        'more rows of a known table appear within the tick too',
        { claims: ['refresh-visibility'] },
        async () => {
          await ingestd.post(
            `/v1/ingest/${sales}`,
            'id,region,amount,day\n1000,north,1.5,2026-03-01\n',
            { status: 201 },
            CSV,
          )
          await queryd.sql(`SELECT max(id) AS high, count(*) AS n FROM ${sales}`, {
            rows: [{ high: 1_000, n: 1_001 }],
            within: TICKS,
          })
        },
      ),
      (async () => {
        await step('types survive: large integers, decimals, dates, nulls', () =>
          queryd.sql(
            `SELECT 9007199254740993::BIGINT AS big, 12.340::DECIMAL(9,3) AS exact, true AS yes, NULL AS nothing,
                DATE '2026-01-02' AS day, 'grüße' AS text, 0.1::DOUBLE AS tenth`,
            {
              status: 200,
              rows: [
                {
                  big: '9007199254740993',
                  exact: '12.340',
                  yes: true,
                  nothing: null,
                  day: '2026-01-02',
                  text: 'grüße',
                  tenth: 0.1,
                },
              ],
            },
          ),
        )

        await step("bad SQL is a 400 with the engine's own message", () =>
          queryd.sql('SELEC 1', { status: 400, json: { error: { message: match.string(/SELEC/) } } }),
        )
        await step('an unknown table is a 400 that names it', () =>
          queryd.sql('SELECT * FROM no_such_table', {
            status: 400,
            json: { error: { message: match.string(/no_such_table/) } },
          }),
        )
        await step('a second statement is refused', { claims: ['read-only-sql'] }, () =>
          queryd.sql('SELECT 1; SELECT 2', { status: 400, json: { error: { code: match.string() } } }),
        )
        await step('a request without a statement is refused', () =>
          queryd.post('/v1/sql', {}, { status: 400, json: { error: { field: 'sql' } } }),
        )
        for (const [what, statement] of FORBIDDEN) {
          await step(`refused: to ${what}`, { claims: ['read-only-sql'] }, () =>
            queryd.sql(statement, { status: 400, json: { error: { code: match.string() } } }),
          )
        }
      })(),
    ])
    await step('after all that the table is what it was', { claims: ['read-only-sql'] }, () =>
      queryd.sql(`SELECT count(*) AS n FROM ${sales}`, { status: 200, rows: [{ n: 1_001 }] }),
    )

    await step('rows beyond the cap are cut, and the answer says so', async () => {
      await queryd.post(
        '/v1/sql',
        { sql: `SELECT id FROM ${sales} ORDER BY id`, max_rows: 10 },
        { status: 200, json: { row_count: 10, rows: match.length(10), truncated: true } },
      )
      await queryd.post(
        '/v1/sql',
        { sql: `SELECT id FROM ${sales} ORDER BY id LIMIT 10`, max_rows: 10 },
        { status: 200, json: { row_count: 10, truncated: false } },
      )
    })
  },
})
