import { expect, it } from 'vitest'
import type { Check } from './check.ts'
import { ok } from './finding.ts'
import { runChecks, sortFindings } from './runner.ts'
import { contextOf } from './test-context.ts'

const check = (id: string, run: Check['run'], deadlineMs = 60_000): Check => ({
  id,
  group: 'machine',
  title: id,
  deadlineMs,
  run,
})

it('runs checks side by side: each waits for the other', async () => {
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const meet = (own: 0 | 1, other: 0 | 1) => async () => {
    met[own].resolve()
    await met[other].promise
    return [ok(`c${own}`, 'met')]
  }
  const reports = await runChecks([check('a', meet(0, 1)), check('b', meet(1, 0))], contextOf())
  expect(reports.map(({ id, state }) => [id, state])).toEqual([
    ['a', 'done'],
    ['b', 'done'],
  ])
})

it.each([
  ['throws', () => Promise.reject(new TypeError('no such thing')), 'TypeError: no such thing'],
  [
    'throws at once',
    () => {
      throw new Error('at once')
    },
    'Error: at once',
  ],
  ['throws no error', () => Promise.reject('a text'), 'a text'],
] as const)('a check that %s could not check, and the others go on', async (_, run, reason) => {
  const reports = await runChecks([check('bad', run), check('good', () => [ok('g', 'well')])], contextOf())
  expect(reports[0]).toMatchObject({ state: 'crashed' })
  expect(reports[0]?.findings).toMatchObject([{ id: 'bad.crashed', severity: 'could-not-check' }])
  expect(reports[0]?.findings[0]?.summary).toContain(reason)
  expect(reports[1]).toMatchObject({ state: 'done', findings: [{ id: 'g' }] })
})

it('a check that never ends is given up at its deadline, and told to end', async () => {
  let aborted = false
  const hanging = check(
    'hangs',
    ({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise<never>(() => undefined)
    },
    5,
  )
  const [report] = await runChecks([hanging], contextOf())
  expect(report).toMatchObject({ state: 'timed-out', findings: [{ id: 'hangs.timed-out' }] })
  expect(report?.findings[0]).toMatchObject({
    severity: 'could-not-check',
    remedy: expect.stringContaining('hangs'),
  })
  expect(aborted).toBe(true)
})

it('a check that is aborted at its deadline and throws for that counts as given up, not as broken', async () => {
  const obedient = check(
    'obeys',
    ({ signal }) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    5,
  )
  const [report] = await runChecks([obedient], contextOf())
  expect(report?.state).toBe('timed-out')
})

it('tells errors first, and keeps the order of causes within a severity', async () => {
  const finding = (id: string, severity: 'error' | 'warning' | 'could-not-check') => ({
    id,
    severity,
    summary: id,
    remedy: 'none',
  })
  const reports = await runChecks(
    [
      check('first', () => [ok('o1', ''), finding('w1', 'warning'), finding('e1', 'error')]),
      check('second', () => [
        finding('u1', 'could-not-check'),
        finding('e2', 'error'),
        finding('w2', 'warning'),
      ]),
    ],
    contextOf(),
  )
  expect(sortFindings(reports).map(({ id }) => id)).toEqual(['e1', 'e2', 'w1', 'w2', 'u1', 'o1'])
})
