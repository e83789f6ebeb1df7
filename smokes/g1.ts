import { match, smoke } from 'smokechain'

/** Unit vectors whose order by cosine to [1, 0, 0] is plain to see. */
const ITEMS = [
  { id: 'east', vector: [1, 0, 0], metadata: { zone: 'a', rank: 1 } },
  { id: 'north-east', vector: [0.8, 0.6, 0], metadata: { zone: 'b', rank: 2 } },
  { id: 'north', vector: [0, 1, 0], metadata: { zone: 'a', rank: 3 } },
  { id: 'west', vector: [-1, 0, 0], metadata: { zone: 'a', rank: 4 } },
]

export default smoke({
  title: 'vectord finds the nearest first, and only what matches',
  why: 'retrieval stands on it: a wrong neighbour is a wrong answer with confidence',
  needs: ['vectord'],
  claims: ['nearest-first'],
  budget: '20s',
  async run({ vectord, step, unique }) {
    const index = unique('g1')
    const at = (path = '') => `/v1/indexes/${index}${path}`
    const search = (body: object, results: unknown) =>
      vectord.post(at('/search'), body, { status: 200, json: { results } })

    await step('an index is created, once', async () => {
      const parameters = { name: index, dimension: 3, metric: 'cosine' }
      await vectord.post('/v1/indexes', parameters, { status: 201, json: { ...parameters, count: 0 } })
      await vectord.post('/v1/indexes', parameters, { status: 200, json: { name: index } })
    })
    await step('the same name with another dimension or metric is a conflict', async () => {
      const conflict = { status: 409, json: { error: { code: 'index_conflict' } } }
      await vectord.post('/v1/indexes', { name: index, dimension: 4, metric: 'cosine' }, conflict)
      await vectord.post('/v1/indexes', { name: index, dimension: 3, metric: 'l2' }, conflict)
    })
    await step('items are added', () =>
      vectord.post(
        at('/items'),
        { items: ITEMS },
        { status: 200, json: { inserted: 4, updated: 0, count: 4 } },
      ),
    )

    await step('a search gives the nearest first, with exact scores', () =>
      search({ vector: [1, 0, 0], k: 3 }, [
        { id: 'east', score: match.approx(1, 1e-6), metadata: { zone: 'a', rank: 1 } },
        { id: 'north-east', score: match.approx(0.8, 1e-6) },
        { id: 'north', score: match.approx(0, 1e-6) },
      ]),
    )
    await step('k is respected, and so is the number of items', async () => {
      await search({ vector: [1, 0, 0], k: 1 }, [{ id: 'east' }])
      await search({ vector: [1, 0, 0], k: 100 }, match.length(4))
    })
    await step('a filter leaves only what matches, up to k', async () => {
      await search({ vector: [1, 0, 0], k: 2, filter: { zone: 'a' } }, [{ id: 'east' }, { id: 'north' }])
      await search({ vector: [1, 0, 0], k: 3, filter: { zone: 'b' } }, [{ id: 'north-east' }])
      await search({ vector: [1, 0, 0], k: 3, filter: { zone: 'c' } }, [])
    })

    await step('an item added again replaces the old one', async () => {
      await vectord.post(
        at('/items'),
        { items: [{ id: 'west', vector: [0.99, 0.1, 0], metadata: { zone: 'c' } }] },
        { status: 200, json: { inserted: 0, updated: 1, count: 4 } },
      )
      await search({ vector: [1, 0, 0], k: 2 }, [{ id: 'east' }, { id: 'west', metadata: { zone: 'c' } }])
    })
    await step('a deleted item is found no more', async () => {
      await vectord.delete(at('/items/east'), { status: 200, json: { deleted: 1, count: 3 } })
      await search({ vector: [1, 0, 0], k: 1 }, [{ id: 'west' }])
      await vectord.delete(at('/items/east'), { status: 404, json: { error: { code: 'item_not_found' } } })
    })

    await step('a vector of another dimension is refused, for adding and for searching', async () => {
      await vectord.post(
        at('/items'),
        { items: [{ id: 'flat', vector: [1, 0] }] },
        { status: 400, json: { error: { code: 'wrong_dimension' } } },
      )
      await vectord.post(
        at('/search'),
        { vector: [1, 0, 0, 0], k: 1 },
        {
          status: 400,
          json: { error: { code: 'wrong_dimension' } },
        },
      )
    })
    await step('what is no finite number is refused', () =>
      vectord.post(
        at('/items'),
        '{"items":[{"id":"huge","vector":[1e999,0,0]}]}',
        {
          status: 400,
          json: { error: { code: 'bad_vector', field: 'items[0].vector[0]' } },
        },
        { headers: { 'content-type': 'application/json' } },
      ),
    )
    await step('a batch with one bad item changes nothing', async () => {
      await vectord.post(
        at('/items'),
        {
          items: [
            { id: 'good', vector: [1, 0, 0] },
            { id: 'bad', vector: [1] },
          ],
        },
        { status: 400, json: { error: { code: 'wrong_dimension', field: match.string(/^items\[1\]/) } } },
      )
      await vectord.get(at(), {
        status: 200,
        json: { name: index, dimension: 3, metric: 'cosine', count: 3 },
      })
    })
    await step('an unknown index is a 404 that names it', () =>
      vectord.post(
        `/v1/indexes/${index}-no/search`,
        { vector: [1], k: 1 },
        {
          status: 404,
          json: { error: { code: 'index_not_found', index: `${index}-no` } },
        },
      ),
    )
    await step('the other metrics order by their own measure', async () => {
      for (const [metric, first] of [
        ['l2', 'near'],
        ['dot', 'long'],
      ] as const) {
        const name = `${index}-${metric}`
        await vectord.post('/v1/indexes', { name, dimension: 2, metric }, { status: 201 })
        await vectord.post(
          `/v1/indexes/${name}/items`,
          {
            items: [
              { id: 'near', vector: [1, 0.1] },
              { id: 'long', vector: [9, 0] },
            ],
          },
          { status: 200 },
        )
        await vectord.post(
          `/v1/indexes/${name}/search`,
          { vector: [1, 0], k: 1 },
          {
            status: 200,
            json: { results: [{ id: first }] },
          },
        )
      }
    })
    await step('a deleted index is gone', async () => {
      await vectord.delete(at(), { status: 200, json: { deleted: true, items: 3 } })
      await vectord.get(at(), { status: 404 })
    })
  },
})
