import { match, smoke } from 'smokechain'

const FOCUS = 'which welder can work the night shift on structural steel?'
const CHUNKS = [
  { id: 'kitchen', text: 'the kitchen opens at six and closes at midnight' },
  { id: 'welder', text: 'Ada is a welder of structural steel and can work the night shift' },
  { id: 'half', text: 'the night shift begins at ten' },
]

export default smoke({
  title: 'the relevant chunk is kept, the other is dropped, and the threshold moves the line',
  why: 'what is dropped never reaches the model; what is kept costs tokens on every call',
  needs: ['matrixd'],
  claims: ['relevance-threshold'],
  budget: '10s',
  async run({ matrixd, step, expect }) {
    const ask = (body: object, json: object) =>
      matrixd.post('/v1/matrix/relevance', { focus: FOCUS, chunks: CHUNKS, ...body }, { status: 200, json })

    const all = await step('with the lowest threshold everything is kept, best first', () =>
      ask({ threshold: -1 }, { threshold: -1, kept: match.length(3), dropped: [] }),
    )
    const kept: { id: string; index: number; score: number; text: string }[] = JSON.parse(all.text).kept
    await step('the chunk that answers comes first, the one about something else last', () =>
      expect(
        'the order',
        kept.map((chunk) => chunk.id),
        ['welder', 'half', 'kitchen'],
      ),
    )
    await step('scores are ordered and lie between -1 and 1', () => {
      const scores = kept.map((chunk) => chunk.score)
      expect('the scores', scores, match.arrayOf(match.number({ min: -1, max: 1 })))
      expect('their order', scores, match.exactly([...scores].sort((a, b) => b - a)))
    })
    await step('each chunk comes back with its place in the request and its text', () => {
      for (const chunk of kept) expect(chunk.id, CHUNKS[chunk.index], { id: chunk.id, text: chunk.text })
    })

    const [welder, half] = kept
    await step('without a threshold the relevant chunk is kept and the irrelevant one dropped', () =>
      ask(
        {},
        {
          threshold: match.number(),
          kept: match.includes({ id: 'welder' }),
          dropped: match.includes({ id: 'kitchen' }),
        },
      ),
    )
    await step('a threshold above the second keeps only the first', () =>
      ask(
        { threshold: ((welder?.score ?? 0) + (half?.score ?? 0)) / 2 },
        {
          kept: [{ id: 'welder' }],
          dropped: [{ id: 'half' }, { id: 'kitchen' }],
        },
      ),
    )
    await step('a chunk exactly at the threshold is kept', () =>
      ask(
        { threshold: half?.score },
        { kept: [{ id: 'welder' }, { id: 'half' }], dropped: [{ id: 'kitchen' }] },
      ),
    )
    await step('with the highest threshold nothing is kept', () =>
      ask({ threshold: 1 }, { kept: [], dropped: match.length(3) }),
    )
    await step('plain texts do as well as objects', () =>
      ask({ chunks: [FOCUS], threshold: 0.99 }, { kept: [{ index: 0, score: match.approx(1, 1e-6) }] }),
    )
    await step('a threshold beyond 1 and an empty list are refused by field', async () => {
      const refuse = (body: object, field: string) =>
        matrixd.post(
          '/v1/matrix/relevance',
          { focus: FOCUS, chunks: CHUNKS, ...body },
          {
            status: 400,
            json: { error: { code: 'bad_request', field } },
          },
        )
      await refuse({ threshold: 2 }, 'threshold')
      await refuse({ chunks: [] }, 'chunks')
    })
  },
})
