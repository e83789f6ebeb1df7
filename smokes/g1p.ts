import { match, smoke } from 'smokechain'

/** Deterministic vectors, spread over the sphere. */
const vectorOf = (i: number) => Array.from({ length: 8 }, (_, d) => Math.sin(i * 12.9898 + d * 78.233))

export default smoke({
  title: 'what vectord has acknowledged survives kill -9, and the same search gives the same answer',
  why: 'an index that comes back smaller, or in another order, is noticed by nobody until an answer is wrong',
  needs: ['vectord', 'storaged'],
  claims: ['write-durability'],
  budget: '30s',
  async run({ vectord, step, expect, unique, stack }) {
    const index = unique('g1p')
    const search = () =>
      vectord.post(
        `/v1/indexes/${index}/search`,
        { vector: vectorOf(7), k: 10 },
        { status: 200, json: { results: match.length(10) } },
      )

    await step('an index of 200 items is filled in batches', async () => {
      await vectord.post('/v1/indexes', { name: index, dimension: 8, metric: 'cosine' }, { status: 201 })
      for (let batch = 0; batch < 4; batch += 1) {
        const items = Array.from({ length: 50 }, (_, i) => ({
          id: `item-${batch * 50 + i}`,
          vector: vectorOf(batch * 50 + i),
          metadata: { batch },
        }))
        await vectord.post(`/v1/indexes/${index}/items`, { items }, { status: 200, json: { inserted: 50 } })
      }
    })
    await step('one item is replaced and one deleted', async () => {
      await vectord.post(
        `/v1/indexes/${index}/items`,
        { items: [{ id: 'item-0', vector: vectorOf(1_000), metadata: { batch: 'new' } }] },
        { status: 200, json: { updated: 1 } },
      )
      await vectord.delete(`/v1/indexes/${index}/items/item-7`, { status: 200, json: { count: 199 } })
    })
    const before = await step('a search before the crash', search)

    await step('it is killed right after an acknowledged write, and started again', async () => {
      await vectord.post(
        `/v1/indexes/${index}/items`,
        { items: [{ id: 'last', vector: vectorOf(2_000) }] },
        { status: 200, json: { count: 200 } },
      )
      await stack.restart('vectord', { signal: 'SIGKILL' })
      await vectord.get(`/v1/indexes/${index}`, {
        status: 200,
        json: { dimension: 8, metric: 'cosine', count: 200 },
      })
    })
    await step('the last acknowledged item is there', { claims: ['write-durability'] }, () =>
      vectord.get(`/v1/indexes/${index}/items/last`, { status: 200, json: { id: 'last' } }),
    )
    await step('the replaced item has its new metadata, the deleted one is gone', async () => {
      await vectord.get(`/v1/indexes/${index}/items/item-0`, {
        status: 200,
        json: { metadata: { batch: 'new' } },
      })
      await vectord.get(`/v1/indexes/${index}/items/item-7`, { status: 404 })
    })
    await step(
      'the same search gives the same ids and scores in the same order',
      { claims: ['write-durability'] },
      async () => {
        const after = await search()
        expect('the results', after.json.results, match.exactly(before.json.results))
      },
    )
    await step('it takes new items as before', () =>
      vectord.post(
        `/v1/indexes/${index}/items`,
        { items: [{ id: 'after', vector: vectorOf(3_000) }] },
        { status: 200, json: { inserted: 1, count: 201 } },
      ),
    )
    await step('a graceful restart keeps them too', async () => {
      await stack.restart('vectord')
      await vectord.get(`/v1/indexes/${index}/items/after`, { status: 200, json: { id: 'after' } })
    })
  },
})
