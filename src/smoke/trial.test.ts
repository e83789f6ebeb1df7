import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRig, type Rig } from './fixtures/rig.ts'

let rig: Rig
beforeAll(async () => {
  rig = await createRig({ trial: { waitMs: 100, requestMs: 200 } })
})
afterAll(() => rig.close())

it('goes on after failed steps, waits for nothing long, and fails', async () => {
  const outcome = await rig.run('fails-throughout')
  const steps = rig.events.flatMap((event) =>
    event.type === 'step.finished' ? [[event.step, event.ok, event.failure?.tag]] : [],
  )
  expect(steps).toEqual([
    ['an order is there', false, 'step-failed'],
    ['the shop says 404', true, undefined],
    ['the order has an id', false, 'step-failed'],
    ['two nothings are not the same', false, 'step-failed'],
    ['it never comes', false, 'step-failed'],
    ['nobody answers', false, 'step-failed'],
    ['the lines are there', false, 'smoke-broken'],
  ])
  expect(outcome.verdict).toBe('FAIL')
  // The error that ended it follows from the failed steps: it is no finding of its own.
  expect(outcome.failures).toHaveLength(6)
})

it('changes nothing for a smoke that holds, or is skipped', async () => {
  expect(await rig.run('passes')).toMatchObject({ verdict: 'PASS', steps: 5, expectations: 8 })
  expect(await rig.run('skips')).toMatchObject({ verdict: 'SKIP' })
})

it('tells an error that follows from nothing', async () => {
  const outcome = await rig.run('throws-outside')
  expect(outcome.failures).toMatchObject([{ tag: 'smoke-broken', how: 'threw' }])
})
