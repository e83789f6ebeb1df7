import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRig, type Rig } from './fixtures/rig.ts'

let rig: Rig
let patient: Rig
beforeAll(async () => {
  // One request is waited for in vain, the others are to be answered in this time.
  rig = await createRig({ trial: { waitMs: 100, requestMs: 1_000 } })
  patient = await createRig({ trial: { waitMs: 20_000, requestMs: 20_000 } })
})
afterAll(() => Promise.all([rig.close(), patient.close()]))

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
  expect(await patient.run('passes')).toMatchObject({ verdict: 'PASS', steps: 5, expectations: 8 })
  expect(await patient.run('skips')).toMatchObject({ verdict: 'SKIP' })
})

it('tells an error that follows from nothing', async () => {
  const outcome = await patient.run('throws-outside')
  expect(outcome.failures).toMatchObject([{ tag: 'smoke-broken', how: 'threw' }])
})
