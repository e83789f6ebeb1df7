/** Restart policies: who has which, and what people read when one is wrong. */
import { expect, it } from 'vitest'
import { errorsOf, messagesOf, stackOf } from './rig.ts'

const restartOf = (text: string) => stackOf(text).daemons.get('a')?.restart
const A = '[daemons.a]\ncommand = ["x"]\n'

it('is never, unless the file says so', () => {
  expect(restartOf(A)).toBeUndefined()
  expect(restartOf(`${A}restart_limit = 3`)).toBeUndefined()
})

it('has a limit and a pause', () => {
  expect(restartOf(`${A}restart = "on-failure"`)).toEqual({ limit: 5, backoffMs: 500 })
  expect(restartOf(`${A}restart = "on-failure"\nrestart_limit = 1\nrestart_backoff = "2s"`)).toEqual({
    limit: 1,
    backoffMs: 2_000,
  })
})

it('may stand in [defaults]; a daemon has the last word, key by key', () => {
  const defaults = '[defaults]\nrestart = "on-failure"\nrestart_limit = 9\n'
  expect(restartOf(`${defaults}${A}restart_backoff = "1s"`)).toEqual({ limit: 9, backoffMs: 1_000 })
  expect(restartOf(`${defaults}${A}restart = "never"`)).toBeUndefined()
})

it('has a name that exists', () =>
  expect(errorsOf(`${A}restart = "on-failures"`)).toMatchInlineSnapshot(`
  "s.toml:3:11: error: \`restart\`: "on-failures" is no restart policy; did you mean "on-failure"?
    3 | restart = "on-failures"
      |           ^^^^^^^^^^^^^
    hint: "never", or "on-failure": when it ends without having been asked to
  "
`))

it.each([
  ['restart_limit = 0', '3:17 `restart_limit` must be from 1 to 1000'],
  ['restart_limit = 1001', '3:17 `restart_limit` must be from 1 to 1000'],
  ['restart_backoff = "0s"', '3:19 `restart_backoff`: "0s" is too short'],
])('is refused: %s', (line, message) => expect(messagesOf(`${A}${line}`)).toEqual([message]))
