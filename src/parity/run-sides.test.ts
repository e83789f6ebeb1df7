/** Sides that are down, lent, refused or not reached; which cases are asked. */
import { expect, it } from 'vitest'
import { type Answer, asJson, ONE, refusal, run, serve, write } from './run-rig.ts'

it.each<[string, Answer, RegExp]>([
  ['hangs', () => undefined, /^right: no complete answer within 50 ms$/],
  [
    'breaks off',
    (_seen, response) =>
      void response.writeHead(200, { 'content-length': '10' }).write('{', () => response.destroy()),
    /^right: no answer: /,
  ],
  [
    'sends more than is allowed',
    (_seen, response) => response.end('x'.repeat(2_000)),
    /^right: its body is larger than 1.0 KiB \("max_body"\)$/,
  ],
])('a side that %s is unknown, never a match', async (_what, answer, reason) => {
  const [left, right] = [await serve(asJson({})), await serve(answer)]
  const cases = write(
    `${ONE}timeout = "50ms"\nmax_body = "1KiB"\n`.replace('"50ms"', _what === 'hangs' ? '"50ms"' : '"20s"'),
  )
  const report = await run({ cases, left: left.url, right: right.url })
  expect(report).toMatchObject({ verdict: 'unknown', exitCode: 3, cases: [{ verdict: 'unknown' }] })
  expect(report.cases[0]?.unknown.at(-1)).toMatch(reason)
})

it('two sides that are down are not alike', async () => {
  const gone = await serve(asJson({}))
  const report = await run({ cases: write(ONE), left: 'http://127.0.0.1:1', right: 'http://127.0.0.1:1/x' })
  expect(report).toMatchObject({
    verdict: 'unknown',
    exitCode: 3,
    headline: '0/1 status codes match · 0/1 body shapes match · 1/1 unknown',
    counts: { verdicts: { unknown: 1, match: 0 } },
  })
  expect(gone.seen).toEqual([])
})

it('asks the cases in order, and tells those that were not reached when it is interrupted', async () => {
  const stop = new AbortController()
  const left = await serve((seen, response) => {
    if (seen.url === '/b') stop.abort()
    else asJson({})(seen, response)
  })
  const right = await serve(asJson({}))
  const cases = write(
    'name = "api"\n[[cases]]\nname = "a"\npath = "/a"\n[[cases]]\nname = "b"\npath = "/b"\n[[cases]]\nname = "c"\npath = "/c"\n',
  )
  const done: string[] = []
  const report = await run({
    cases,
    left: left.url,
    right: right.url,
    signal: stop.signal,
    interruptedBy: () => 'SIGTERM',
    onCase: ({ name }) => done.push(name),
  })
  expect(done).toEqual(['a', 'b', 'c'])
  expect(report).toMatchObject({ exitCode: 143, interrupted: 'SIGTERM', verdict: 'unknown' })
  expect(report.cases.map(({ verdict }) => verdict)).toEqual(['match', 'unknown', 'unknown'])
  expect(report.cases[2]?.unknown).toEqual(['left: not asked: interrupted', 'right: not asked: interrupted'])
})

it('knows when it compares other sides than the file names', async () => {
  const server = await serve(asJson({}))
  const cases = write(`left = "${server.url}"\nright = "http://127.0.0.1:1"\n${ONE}`)
  expect(await run({ cases, left: server.url, right: 'http://127.0.0.1:1' })).not.toHaveProperty('otherSides')
  expect(await run({ cases, right: server.url })).toMatchObject({ otherSides: true, verdict: 'match' })
  expect(await run({ cases: write(ONE), left: server.url, right: server.url })).not.toHaveProperty(
    'otherSides',
  )
})

it('selects cases by name', async () => {
  const server = await serve(asJson({}))
  const cases = write(
    'name = "api"\n[[cases]]\nname = "a"\npath = "/a"\n[[cases]]\nname = "b"\npath = "/b"\n',
  )
  const report = await run({ cases, left: server.url, right: server.url, only: ['b'] })
  expect(report.cases.map(({ name }) => name)).toEqual(['b'])
  expect(await refusal({ cases, left: server.url, right: server.url, only: ['bb'] })).toContain(
    'no case named "bb"; did you mean "b"?',
  )
})

it.each([
  ['no side', {}, 'there is no left side'],
  [
    'a name without a stack file',
    { left: 'web', right: 'http://127.0.0.1:1' },
    '"web": no URL (http://…), and there is no stack file',
  ],
  ['https', { left: 'https://example.org', right: 'http://127.0.0.1:1' }, 'only plain http://'],
  [
    'a password',
    { left: 'http://a:hunter2@127.0.0.1', right: 'http://127.0.0.1:1' },
    'a URL with a user or a password is not taken',
  ],
  ['a query', { left: 'http://127.0.0.1/?a', right: 'http://127.0.0.1:1' }, 'a base URL has no query'],
])('refuses %s', async (_what, sides, message) => {
  const said = await refusal({ cases: write(ONE), ...sides })
  expect(said).toContain(message)
  expect(said).not.toContain('hunter2')
})

it('asks daemons that are lent, and nobody when they do not come up', async () => {
  const server = await serve(asJson({}))
  const cases = write(`left = "a"\nright = "b"\nstack = "s.toml"\n${ONE}`)
  const lent = await run({
    cases,
    lend: async (stack, daemons, use) => {
      expect([stack.endsWith('/s.toml'), daemons]).toEqual([true, ['a', 'b']])
      await use({
        urls: new Map([
          ['a', server.url],
          ['b', server.url],
        ]),
        secrets: [],
      })
      return { up: true, troubles: [{ kind: 'leak', headline: 'port left behind', detail: [] }] }
    },
  })
  expect(lent).toMatchObject({ verdict: 'match', exitCode: 1, left: { label: 'a', url: server.url } })
  const down = await run({
    cases,
    lend: () =>
      Promise.resolve({
        up: false,
        troubles: [{ kind: 'not-up', headline: 'a could not be started', detail: [] }],
      }),
  })
  expect(down).toMatchObject({ verdict: 'unknown', exitCode: 3, left: { label: 'a', url: null } })
  expect(down.cases[0]?.unknown[0]).toBe('left: the stack did not come up: a could not be started')
  expect(await refusal({ cases, lend: () => Promise.resolve({ unusable: ['error: no daemon "a"'] }) })).toBe(
    'error: no daemon "a"',
  )
})
