import { match, smoke } from 'smokechain'

const TEXTS = {
  welding: 'certified welder needed for structural steel, night shift in Toledo',
  cooking: 'line cook for a busy kitchen, weekends, knife skills required',
  driving: 'truck driver with a clean license for regional deliveries',
}

export default smoke({
  title: 'texts become vectors, and the nearest text is the right one',
  why: 'search by meaning begins here; a vector that changes between calls makes every index stale',
  needs: ['embedd', 'vectord'],
  claims: ['deterministic-embedding'],
  budget: '20s',
  async run({ embedd, vectord, step, expect, unique }) {
    const index = unique('g2')
    const entries = Object.entries(TEXTS).map(([id, text]) => ({ id, text: `${text} (${index})` }))
    const embed = (texts: readonly string[], json: object = {}) =>
      embedd.post(
        '/v1/embed',
        { texts },
        {
          status: 200,
          json: { dimension: 384, vectors: match.arrayOf(match.arrayOf(match.number())), ...json },
        },
      )

    const first = await step('three new texts get three vectors of 384 numbers, none from the cache', () =>
      embed(
        entries.map((entry) => entry.text),
        {
          model: match.string(),
          cache_hits: 0,
          vectors: match.arrayOf(match.arrayOf(match.number({ min: -1, max: 1 }))),
        },
      ),
    )
    const vectors = first.json.vectors

    await step('there are three vectors of 384 numbers and unit length', () => {
      expect(
        'their lengths',
        vectors.map((vector) => vector.length),
        [384, 384, 384],
      )
      for (const [i, vector] of vectors.entries()) {
        const length = Math.hypot(...vector.map(Number))
        expect(`the length of vector ${i}`, length, match.approx(1, 1e-6))
      }
    })
    await step('asked again they are the same, from the cache', async () => {
      const again = await embed(
        entries.map((entry) => entry.text),
        { cache_hits: 3 },
      )
      expect('the vectors', again.json.vectors, match.exactly(vectors))
    })
    await step('one by one they are what the batch gave', async () => {
      for (const [i, entry] of entries.entries()) {
        const single = await embed([entry.text])
        expect(`the vector of ${entry.id}`, single.json.vectors[0], match.exactly(vectors[i]))
      }
    })

    await step('they are indexed', async () => {
      await vectord.post('/v1/indexes', { name: index, dimension: 384, metric: 'cosine' }, { status: 201 })
      const items = entries.map((entry, i) => ({ id: entry.id, vector: vectors[i] }))
      await vectord.post(`/v1/indexes/${index}/items`, { items }, { status: 200, json: { inserted: 3 } })
    })
    for (const [id, question] of [
      ['welding', 'who can do steel welding at night?'],
      ['cooking', 'kitchen cook for weekends'],
      ['driving', 'driver with license for deliveries'],
    ] as const) {
      await step(`the nearest text to "${question}" is the one on ${id}`, async () => {
        const query = await embed([question])
        await vectord.post(
          `/v1/indexes/${index}/search`,
          { vector: query.json.vectors[0], k: 1 },
          {
            status: 200,
            json: { results: [{ id, score: match.number({ min: 0.2, max: 1 }) }] },
          },
        )
      })
    }

    await step('bad requests are refused by field', async () => {
      const refused = (field: string) => ({ status: 400, json: { error: { code: 'bad_request', field } } })
      await embedd.post('/v1/embed', { texts: [] }, refused('texts'))
      await embedd.post('/v1/embed', { texts: ['a', ' '] }, refused('texts[1]'))
      await embedd.post('/v1/embed', { texts: [7] }, refused('texts[0]'))
    })
    await step('an unknown model is a 404 that names it', () =>
      embedd.post(
        '/v1/embed',
        { texts: ['a'], model: 'no-such-model' },
        {
          status: 404,
          json: { error: { code: 'unknown_model', model: 'no-such-model' } },
        },
      ),
    )
  },
})
