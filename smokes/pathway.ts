import { match, smoke } from 'smokechain'

export default smoke({
  title:
    'pathwayd remembers what was added, follows what was revised, hides what was retired, and forgets nothing',
  why: 'an agent that finds retired advice, or loses what it has learned, repeats its mistakes',
  needs: ['pathwayd'],
  claims: ['memory-history', 'retired-excluded', 'write-durability'],
  budget: '20s',
  async run({ pathwayd, step, unique, stack }) {
    const topic = unique('topic')
    const add = (content: string, status = 201, json: object = {}) =>
      pathwayd.post(
        '/v1/traces',
        { content, tags: [topic] },
        { status, json: { id: match.string(), content, ...json } },
      )
    const find = (ids: readonly unknown[]) =>
      pathwayd.post(
        '/v1/traces/search',
        { query: topic, filter: { tags: [topic] } },
        {
          status: 200,
          json: { results: match.includes(...ids.map((id) => ({ id }))) },
        },
      )
    const miss = (id: unknown) =>
      pathwayd.post(
        '/v1/traces/search',
        { query: topic, filter: { tags: [topic] } },
        {
          status: 200,
          json: { results: match.not(match.includes({ id })) },
        },
      )

    const first = await step('ADD gives an id', () =>
      add(`${topic}: restart queryd after a schema change`, 201, {
        status: 'active',
        replays: 0,
        replayed: false,
      }),
    )
    const id = String(first.json.id)
    await step('the same content again is the same trace, counted as a replay', async () => {
      await add(`${topic}: restart queryd after a schema change`, 200, { id, replayed: true, replays: 1 })
      await add(`${topic}: restart queryd after a schema change`, 200, { id, replayed: true, replays: 2 })
    })
    await step('search finds it by a word', () => find([id]))

    await step('UPDATE changes it in place and counts the version', () =>
      pathwayd.patch(
        `/v1/traces/${id}`,
        { metadata: { source: 'smoke' } },
        {
          status: 200,
          json: { id, version: 2, metadata: { source: 'smoke' }, status: 'active' },
        },
      ),
    )

    const revised = await step(
      'REVISE makes a successor, and the old one is superseded',
      { claims: ['memory-history'] },
      () =>
        pathwayd.post(
          `/v1/traces/${id}/revise`,
          {
            content: `${topic}: no restart is needed, wait for the refresh tick`,
            tags: [topic],
            reason: 'measured',
          },
          {
            status: 200,
            json: {
              trace: { id, status: 'superseded', superseded_by: match.string() },
              successor: { id: match.string(), status: 'active', supersedes: [id] },
            },
          },
        ),
    )
    const next = String(revised.json.successor.id)
    await step(
      'search finds the successor and not the old one',
      { claims: ['retired-excluded'] },
      async () => {
        await find([next])
        await miss(id)
      },
    )
    await step('a revision that would close a cycle is refused, with its path', () =>
      pathwayd.post(
        `/v1/traces/${next}/revise`,
        { successor_id: id },
        {
          status: 409,
          json: { error: { code: match.oneOf('revision_cycle'), path: match.includes(id, next) } },
        },
      ),
    )
    await step('a trace cannot be its own successor', () =>
      pathwayd.post(
        `/v1/traces/${next}/revise`,
        { successor_id: next },
        {
          status: 409,
          json: { error: { code: 'revision_cycle' } },
        },
      ),
    )

    const other = await step('another trace is added', () => add(`${topic}: keep the log for a week`))
    const retired = String(other.json.id)
    await step(
      'RETIRE takes it out of search but not out of history',
      { claims: ['retired-excluded', 'memory-history'] },
      async () => {
        await pathwayd.post(
          `/v1/traces/${retired}/retire`,
          { reason: 'outdated' },
          {
            status: 200,
            json: { status: 'retired', retired_reason: 'outdated' },
          },
        )
        await miss(retired)
        await pathwayd.get(`/v1/traces/${retired}`, { status: 200, json: { status: 'retired' } })
        await pathwayd.get(`/v1/traces/${retired}/history`, {
          status: 200,
          json: { events: [{ op: 'ADD' }, { op: 'RETIRE', reason: 'outdated' }] },
        })
      },
    )
    await step('HISTORY tells all of it, oldest first', { claims: ['memory-history'] }, () =>
      pathwayd.get(`/v1/traces/${next}/history`, {
        status: 200,
        json: {
          lineage: [id, next],
          events: [
            { op: 'ADD', id },
            { op: 'REPLAY', id },
            { op: 'REPLAY', id },
            { op: 'UPDATE', id },
            { op: 'REVISE', id, successor: next, reason: 'measured' },
          ],
        },
      }),
    )

    await step(
      'after kill -9 it knows the same',
      { claims: ['write-durability', 'memory-history'] },
      async () => {
        await stack.restart('pathwayd', { signal: 'SIGKILL' })
        await pathwayd.get(`/v1/traces/${id}`, {
          status: 200,
          json: { status: 'superseded', replays: 2, version: 2 },
        })
        await find([next])
        await miss(id)
        await miss(retired)
        await pathwayd.get(`/v1/traces/${next}/history`, { status: 200, json: { events: match.length(5) } })
      },
    )
    await step(
      'after kill -9 the same content is still the same trace',
      { claims: ['write-durability'] },
      () => add(`${topic}: keep the log for a week`, 200, { id: retired, replayed: true, status: 'retired' }),
    )
    await step('an unknown trace is a 404, blank content a 400', async () => {
      await pathwayd.get('/v1/traces/no-such-trace', {
        status: 404,
        json: { error: { code: 'trace_not_found' } },
      })
      await pathwayd.post(
        '/v1/traces',
        { content: ' ' },
        { status: 400, json: { error: { field: 'content' } } },
      )
    })
  },
})
