import { match, smoke } from 'smokechain'

export default smoke({
  title: 'observerd stores events in order, counts each once, and has them all after kill -9',
  why: 'what happened is asked for after something went wrong: that is when the record must be whole',
  needs: ['observerd'],
  claims: ['write-durability', 'idempotent-events'],
  budget: '20s',
  async run({ observerd, step, expect, unique, stack }) {
    const source = unique('observer')
    const event = (n: number, kind = 'tick') => ({ id: `${source}-${n}`, kind, source, payload: { n } })
    const list = (query: string, json: object) =>
      observerd.get(`/v1/events?source=${source}${query}`, { status: 200, json })
    const countOf = async () => {
      const stats = await observerd.get('/v1/events/stats', {
        status: 200,
        json: { total: match.number({ integer: true, min: 0 }), by_source: match.type('object') },
      })
      const {
        total,
        by_kind,
        by_source,
      }: { total: number; by_kind: Record<string, number>; by_source: Record<string, number> } = JSON.parse(
        stats.text,
      )
      const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)
      expect('kinds and sources, each summed up', [sum(by_kind), sum(by_source)], [total, total])
      return by_source[source] ?? 0
    }

    const first = await step('an event is stored with a place in the order', () =>
      observerd.post('/v1/events', event(1), {
        status: 201,
        json: {
          ...event(1),
          seq: match.number({ integer: true, min: 1 }),
          duplicate: false,
          at: match.string(),
        },
      }),
    )
    await step('a batch is stored in its order', () =>
      observerd.post('/v1/events', [event(2), event(3, 'alarm'), event(4)], {
        status: 201,
        json: {
          stored: 3,
          duplicates: 0,
          events: [2, 3, 4].map((n) => ({
            id: `${source}-${n}`,
            seq: match.number({ min: first.json.seq + 1 }),
          })),
        },
      }),
    )
    await step('the list gives them in order, with their payloads', () =>
      list('', {
        events: [1, 2, 3, 4].map((n) => ({ id: `${source}-${n}`, payload: { n } })),
        truncated: false,
      }),
    )
    await step('a page ends where asked, and the next begins there', async () => {
      const page = await list('&limit=2', {
        events: [{ id: `${source}-1` }, { id: `${source}-2` }],
        truncated: true,
        next: match.number({ integer: true }),
      })
      const { next } = JSON.parse(page.text)
      await list(`&after=${next}`, {
        events: [{ id: `${source}-3` }, { id: `${source}-4` }],
        truncated: false,
      })
    })
    await step('a filter by kind leaves that kind', () =>
      list('&kind=alarm', { events: [{ id: `${source}-3` }] }),
    )

    await step('the statistics add up, and count these four', async () =>
      expect('the count', await countOf(), 4),
    )
    await step(
      'the same event again is a duplicate, counted once',
      { claims: ['idempotent-events'] },
      async () => {
        await observerd.post('/v1/events', event(1), {
          status: 200,
          json: { id: `${source}-1`, seq: first.json.seq, duplicate: true },
        })
        await list('', { events: match.length(4) })
        expect('the count', await countOf(), 4)
      },
    )
    await step('another event under a known id is a conflict, and changes nothing', async () => {
      await observerd.post(
        '/v1/events',
        { ...event(1), payload: { n: 'other' } },
        {
          status: 409,
          json: { error: { code: match.string(), message: match.string() } },
        },
      )
      await list('&limit=1', { events: [{ id: `${source}-1`, payload: { n: 1 } }] })
    })
    await step('a batch with one bad event stores none of it', async () => {
      await observerd.post('/v1/events', [event(5), { kind: 'tick' }], {
        status: 400,
        json: { error: { code: 'bad_request', field: match.string(/source/) } },
      })
      await list('', { events: match.length(4) })
    })

    await step(
      'after kill -9 every acknowledged event is there, in the same order',
      { claims: ['write-durability'] },
      async () => {
        await observerd.post('/v1/events', event(6), { status: 201, json: { duplicate: false } })
        await stack.restart('observerd', { signal: 'SIGKILL' })
        await list('', { events: [1, 2, 3, 4, 6].map((n) => ({ id: `${source}-${n}`, payload: { n } })) })
        expect('the count', await countOf(), 5)
      },
    )
    await step(
      'after kill -9 a duplicate is still a duplicate',
      { claims: ['idempotent-events', 'write-durability'] },
      () => observerd.post('/v1/events', event(6), { status: 200, json: { duplicate: true } }),
    )
    await step('the record of workflows cannot be forged', () =>
      observerd.post(
        '/v1/events',
        { kind: 'workflow.finished', source },
        {
          status: 400,
          json: { error: { field: 'kind' } },
        },
      ),
    )
  },
})
