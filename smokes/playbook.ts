import { match, smoke } from 'smokechain'

const TEXTS = {
  one: 'welder for structural steel on the night shift in Toledo Ohio',
  two: 'welder for structural steel on the day shift in Toledo Ohio',
  three: 'welder for pipes on the night shift in Akron Ohio',
}
const QUERY = 'structural steel welder for the night shift in Toledo'
const SIMILAR = 'welder for structural steel, night shift, Toledo'
const UNRELATED = 'how many invoices were paid in March?'

export default smoke({
  title: 'what worked before is lifted for a similar query, and for no other',
  why: 'experience that lifts everything, or hides the rest, is worse than none',
  needs: ['matrixd', 'embedd', 'vectord'],
  claims: ['playbook-lift', 'write-durability'],
  budget: '20s',
  async run({ matrixd, embedd, vectord, step, expect, unique, stack }) {
    const corpus = unique('playbook')
    const search = async (query: string) => {
      const answer = await matrixd.post(
        '/v1/matrix/search',
        { query, corpora: [corpus], k: 3 },
        {
          status: 200,
          json: { results: match.length(3) },
        },
      )
      const {
        results,
      }: {
        results: {
          id: string
          score: number
          provenance: { boost: number; score: number; playbooks: string[] }
        }[]
      } = JSON.parse(answer.text)
      return results
    }

    await step('a corpus of three texts is filled', async () => {
      const embedded = await embedd.post(
        '/v1/embed',
        { texts: Object.values(TEXTS) },
        { status: 200, json: { dimension: 384 } },
      )
      const { vectors } = JSON.parse(embedded.text)
      await vectord.post('/v1/indexes', { name: corpus, dimension: 384, metric: 'cosine' }, { status: 201 })
      const items = Object.keys(TEXTS).map((id, i) => ({ id, vector: vectors[i] }))
      await vectord.post(`/v1/indexes/${corpus}/items`, { items }, { status: 200, json: { inserted: 3 } })
    })
    const before = await step('before any success nothing is lifted', async () => {
      const results = await search(SIMILAR)
      expect(
        'the boosts',
        results.map((result) => result.provenance.boost),
        [0, 0, 0],
      )
      return results
    })
    // The second: close enough to the first that a lift must carry it past.
    const second = before[1]?.id ?? ''

    const recorded = await step('a success of the second of them is recorded', () =>
      matrixd.post(
        '/v1/playbooks',
        { query: QUERY, item: { corpus, id: second }, outcome: 'success', note: 'filled within an hour' },
        {
          status: 201,
          json: { id: match.string(), query: QUERY, item: { corpus, id: second }, outcome: 'success' },
        },
      ),
    )
    const playbook = recorded.json.id

    const lifted = await step('a similar query lifts that item, and says by which record', async () => {
      const results = await search(SIMILAR)
      expect('the lifted item', results.find((result) => result.id === second)?.provenance, {
        boost: match.number({ min: 0.05, max: 0.5 }),
        playbooks: [playbook],
      })
      return results
    })
    await step('it has risen, and nothing is hidden', () => {
      const place = (results: { id: string }[]) => results.findIndex((result) => result.id === second)
      expect('places gained', place(before) - place(lifted), match.number({ min: 1 }))
      expect('all ids', lifted.map((result) => result.id).sort(), before.map((result) => result.id).sort())
    })
    await step('its score is that of the corpus plus the boost; the others are as they were', () => {
      for (const result of lifted) {
        expect(
          `the score of ${result.id}`,
          result.score,
          match.approx(result.provenance.score + result.provenance.boost, 1e-9),
        )
        if (result.id === second) continue
        expect(`the boost of ${result.id}`, result.provenance.boost, 0)
      }
    })
    await step('an unrelated query is not touched', async () => {
      const results = await search(UNRELATED)
      expect(
        'the boosts',
        results.map((result) => result.provenance.boost),
        [0, 0, 0],
      )
    })
    await step('failures take the lift away again', async () => {
      for (let i = 0; i < 2; i += 1) {
        await matrixd.post(
          '/v1/playbooks',
          { query: QUERY, item: { corpus, id: second }, outcome: 'failure' },
          {
            status: 201,
            json: { outcome: 'failure' },
          },
        )
      }
      const results = await search(SIMILAR)
      expect('the boost', results.find((result) => result.id === second)?.provenance.boost, 0)
    })
    await step('what was recorded survives kill -9', async () => {
      await stack.restart('matrixd', { signal: 'SIGKILL' })
      await matrixd.get(`/v1/playbooks/${playbook}`, {
        status: 200,
        json: { id: playbook, outcome: 'success' },
      })
      await matrixd.get(`/v1/playbooks?corpus=${corpus}`, {
        status: 200,
        json: { playbooks: match.length(3) },
      })
    })
    await step('an unknown outcome is refused by field', () =>
      matrixd.post(
        '/v1/playbooks',
        { query: QUERY, item: { corpus, id: 'one' }, outcome: 'maybe' },
        {
          status: 400,
          json: { error: { code: 'bad_request', field: 'outcome' } },
        },
      ),
    )
  },
})
