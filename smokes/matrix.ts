import { match, smoke } from 'smokechain'

/** Two corpora that overlap in subject, so that a merged list has to interleave them. */
const CORPORA = {
  jobs: {
    'job-welder': 'structural steel welder for the night shift in Toledo',
    'job-cook': 'line cook for weekends in a busy kitchen',
    'job-driver': 'truck driver for regional deliveries',
  },
  people: {
    'ada-welds': 'Ada, certified welder of structural steel, prefers the night shift',
    'grace-cooks': 'Grace, cook, kitchen and weekends',
    'linus-drives': 'Linus, truck driver with a clean license',
  },
} as const

export default smoke({
  title: 'a search over several corpora is merged in score order, and every result says where it is from',
  why: 'a result without provenance cannot be checked, and a merge that prefers one corpus hides the other',
  needs: ['matrixd', 'embedd', 'vectord'],
  claims: ['provenance'],
  budget: '20s',
  async run({ matrixd, embedd, vectord, step, expect, unique }) {
    const mark = unique('matrix')
    const names = Object.fromEntries(Object.keys(CORPORA).map((name) => [name, `${mark}_${name}`]))
    const { jobs = '', people = '' } = names

    for (const [corpus, texts] of Object.entries(CORPORA)) {
      await step(`the corpus ${corpus} is filled`, async () => {
        const name = `${mark}_${corpus}`
        const embedded = await embedd.post(
          '/v1/embed',
          { texts: Object.values(texts) },
          { status: 200, json: { vectors: match.length(3) } },
        )
        await vectord.post('/v1/indexes', { name, dimension: 384, metric: 'cosine' }, { status: 201 })
        const { vectors } = JSON.parse(embedded.text)
        const items = Object.entries(texts).map(([id, text], i) => ({
          id,
          vector: vectors[i],
          metadata: { text, corpus },
        }))
        await vectord.post(`/v1/indexes/${name}/items`, { items }, { status: 200, json: { inserted: 3 } })
      })
    }

    const query = 'welder of structural steel, night shift'
    const search = (body: object, json: object) =>
      matrixd.post('/v1/matrix/search', { query, corpora: [jobs, people], ...body }, { status: 200, json })

    const merged = await step(
      'both corpora answer: the two welders come first, whichever corpus they are in',
      () =>
        search(
          { k: 6 },
          {
            query,
            k: 6,
            results: match.length(6),
            displaced: [],
          },
        ),
    )
    const results: { corpus: string; id: string; score: number; provenance: Record<string, unknown> }[] =
      JSON.parse(merged.text).results
    await step('the first two are the welders of the two corpora', () =>
      expect(
        'their ids',
        results
          .slice(0, 2)
          .map((result) => result.id)
          .sort(),
        ['ada-welds', 'job-welder'],
      ),
    )
    await step('scores never rise down the list', () => {
      const scores = results.map((result) => result.score)
      expect('the scores', scores, match.exactly([...scores].sort((a, b) => b - a)))
    })
    await step('every result names its corpus, id, rank and score there', () => {
      for (const { corpus, id, provenance } of results) {
        expect(`the provenance of ${id}`, provenance, {
          corpus,
          id,
          score: match.number({ min: -1, max: 1 }),
          rank: match.number({ integer: true, min: 1, max: 3 }),
          boost: 0,
          playbooks: [],
        })
      }
    })
    await step('a score is that of the corpus itself', async () => {
      const embedded = await embedd.post(
        '/v1/embed',
        { texts: [query] },
        { status: 200, json: { dimension: 384 } },
      )
      const [vector] = JSON.parse(embedded.text).vectors
      await vectord.post(
        `/v1/indexes/${jobs}/search`,
        { vector, k: 1 },
        {
          status: 200,
          json: {
            results: [
              {
                id: 'job-welder',
                score: match.approx(results.find((r) => r.id === 'job-welder')?.score ?? -2, 1e-6),
              },
            ],
          },
        },
      )
    })
    await step('k counts the merged list', () => search({ k: 2 }, { k: 2, results: match.length(2) }))
    await step('one corpus alone gives only its own', () =>
      search(
        { corpora: [people], k: 3 },
        {
          results: match.arrayOf({ corpus: people, provenance: { corpus: people } }),
        },
      ),
    )
    await step('a filter reaches every corpus', () =>
      search({ k: 6, filter: { corpus: 'jobs' } }, { results: match.length(3) }),
    )

    await step('an unknown corpus is a 404 that names it', () =>
      matrixd.post(
        '/v1/matrix/search',
        { query, corpora: [jobs, `${mark}_no`] },
        {
          status: 404,
          json: { error: { code: 'unknown_corpus', corpus: `${mark}_no`, corpora: [`${mark}_no`] } },
        },
      ),
    )
    await step('no corpus, or k of nothing, is refused by field', async () => {
      await matrixd.post(
        '/v1/matrix/search',
        { query, corpora: [] },
        { status: 400, json: { error: { field: 'corpora' } } },
      )
      await matrixd.post(
        '/v1/matrix/search',
        { query, corpora: [jobs], k: 0 },
        { status: 400, json: { error: { field: 'k' } } },
      )
    })
  },
})
