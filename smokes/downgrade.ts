import { match, smoke } from 'smokechain'

export default smoke({
  title: 'a strong model is given the isolated mode, a weak one keeps the full one, and the reason is told',
  why: 'context helps a weak model and distracts a strong one; the wrong choice is paid for on every call',
  needs: ['matrixd'],
  claims: ['downgrade-rule'],
  budget: '10s',
  async run({ matrixd, step }) {
    const ask = (body: object, json: object) =>
      matrixd.post('/v1/matrix/downgrade', body, {
        status: 200,
        json: { reason: match.string(/\w+ \w+/), ...json },
      })

    await step('a strong model is downgraded to isolated', () =>
      ask(
        { model: 'acme/claude-opus', mode: 'full' },
        { mode: 'isolated', downgraded: true, strength: 'strong', forced: false },
      ),
    )
    await step('a weak model keeps the full mode', () =>
      ask({ model: 'local/extract', mode: 'full' }, { mode: 'full', downgraded: false, strength: 'weak' }),
    )
    await step('the size in a name decides: 70b is strong, 7b is weak', async () => {
      await ask({ model: 'ollama/qwen:70b', mode: 'full' }, { mode: 'isolated', strength: 'strong' })
      await ask({ model: 'ollama/qwen:7b', mode: 'full' }, { mode: 'full', strength: 'weak' })
    })
    await step('force keeps a strong model in the full mode', () =>
      ask(
        { model: 'acme/claude-opus', mode: 'full', force: true },
        { mode: 'full', downgraded: false, forced: true },
      ),
    )
    await step('isolated stays isolated, for any model', async () => {
      await ask({ model: 'local/extract', mode: 'isolated' }, { mode: 'isolated', downgraded: false })
      await ask({ model: 'acme/claude-opus', mode: 'isolated' }, { mode: 'isolated', downgraded: false })
    })
    await step('a model that nothing is known of counts as weak', () =>
      ask({ model: 'somebody/unheard-of', mode: 'full' }, { mode: 'full', strength: 'weak' }),
    )
    await step('an unknown mode is refused by name', () =>
      matrixd.post(
        '/v1/matrix/downgrade',
        { model: 'local/extract', mode: 'half' },
        {
          status: 400,
          json: { error: { code: 'bad_request', field: 'mode' } },
        },
      ),
    )
    await step('a request without a model is refused', () =>
      matrixd.post(
        '/v1/matrix/downgrade',
        { mode: 'full' },
        { status: 400, json: { error: { field: 'model' } } },
      ),
    )
  },
})
