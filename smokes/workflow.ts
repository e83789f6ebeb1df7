import { match, smoke } from 'smokechain'

const ok = (output: unknown) => ({ status: 'ok', output })

export default smoke({
  title: 'a workflow runs in the order of its needs, hands outputs on, and fails only where it must',
  why: 'a step that runs too early, or is skipped without need, does the wrong thing in the name of all the others',
  needs: ['observerd', 'chatd', 'validatord', 'queryd'],
  claims: ['workflow-order'],
  budget: '20s',
  async run({ observerd, step, expect }) {
    const run = (nodes: readonly object[], expectation: object) =>
      observerd.post('/v1/workflows', { nodes }, expectation)
    const echo = (id: string, input: unknown, ...needs: string[]) => ({ id, type: 'echo', input, needs })

    const diamond = await step('a diamond written backwards runs in the order of its needs', () =>
      run(
        [
          echo('end', { left: '{{left.n}}', right: '{{right.n}}' }, 'left', 'right'),
          echo('left', { n: '{{start.n}}' }, 'start'),
          echo('right', { n: 2 }, 'start'),
          echo('start', { n: 1 }),
        ],
        {
          status: 200,
          json: {
            run_id: match.string(),
            status: 'ok',
            order: ['start', 'left', 'right', 'end'],
            nodes: {
              start: ok({ n: 1 }),
              left: ok({ n: 1 }),
              right: ok({ n: 2 }),
              end: ok({ left: 1, right: 2 }),
            },
          },
        },
      ),
    )
    await step('no node began before all that it needs had ended', () => {
      const { nodes }: { nodes: Record<string, { started_ms: number; ms: number }> } = JSON.parse(
        diamond.text,
      )
      const endOf = (id: string) => (nodes[id]?.started_ms ?? 0) + (nodes[id]?.ms ?? 0)
      for (const [id, need] of [
        ['left', 'start'],
        ['right', 'start'],
        ['end', 'left'],
        ['end', 'right'],
      ] as const) {
        // Both are rounded to whole milliseconds.
        expect(`${id} after ${need}`, nodes[id]?.started_ms, match.number({ min: endOf(need) - 1 }))
      }
    })
    await step('the run is on record', () =>
      observerd.get(`/v1/workflows/${String(JSON.parse(diamond.text).run_id)}`, {
        status: 200,
        json: { status: 'ok', nodes: { end: ok({ left: 1, right: 2 }) } },
      }),
    )

    await step('nodes that ask other daemons hand their answers on', () =>
      run(
        [
          { id: 'rows', type: 'sql', input: { sql: 'SELECT 40 + 2 AS answer' } },
          {
            id: 'say',
            type: 'chat',
            needs: ['rows'],
            input: {
              model: 'local/echo',
              messages: [{ role: 'user', content: 'the answer is {{rows.rows[0][0]}}' }],
            },
          },
          {
            id: 'check',
            type: 'validate',
            needs: ['say'],
            input: { kind: 'sms', artifact: { to: '+15550100123', body: '{{say.content}}' } },
          },
        ],
        {
          status: 200,
          json: {
            status: 'ok',
            order: ['rows', 'say', 'check'],
            nodes: {
              rows: ok({ rows: [[42]] }),
              say: ok({ content: 'the answer is 42', provider: 'local' }),
              check: ok({ valid: true }),
            },
          },
        },
      ),
    )

    await step('a failed node skips its dependants, and only those', () =>
      run(
        [
          { id: 'broken', type: 'sql', input: { sql: 'SELEC 1' } },
          echo('after', 1, 'broken'),
          echo('after-that', 2, 'after'),
          echo('beside', 3),
          echo('after-beside', 4, 'beside'),
        ],
        {
          status: 200,
          json: {
            status: 'failed',
            nodes: {
              broken: { status: 'failed', error: { code: match.string(), message: match.string(/SELEC/) } },
              after: { status: 'skipped' },
              'after-that': { status: 'skipped' },
              beside: ok(3),
              'after-beside': ok(4),
            },
          },
        },
      ),
    )
    await step('an artifact that validatord refuses fails its node, with the fault', () =>
      run(
        [
          {
            id: 'check',
            type: 'validate',
            input: { kind: 'sms', artifact: { to: '+15550100123', body: '' } },
          },
        ],
        {
          status: 200,
          json: {
            status: 'failed',
            nodes: {
              check: { status: 'failed', error: { code: 'invalid_artifact', fault: { Field: 'body' } } },
            },
          },
        },
      ),
    )

    const refused = (expected: object) => ({
      status: 400,
      json: { error: { message: match.string(), ...expected } },
    })
    await step('a cycle is refused, with its path', () =>
      run(
        [echo('a', 1, 'c'), echo('b', 1, 'a'), echo('c', 1, 'b')],
        refused({ code: 'cycle', path: match.includes('a', 'b', 'c') }),
      ),
    )
    await step('a need that no node has is refused by name', () =>
      run([echo('a', 1, 'nobody')], refused({ need: 'nobody' })),
    )
    await step('an id twice, an unknown type and an empty workflow are refused', async () => {
      await run([echo('a', 1), echo('a', 2)], refused({}))
      await run([{ id: 'a', type: 'teleport' }], refused({}))
      await run([], refused({ field: 'nodes' }))
    })
  },
})
