import { describe, expect, it } from 'vitest'
import type { Event } from '../../kernel/event.ts'
import { Script } from '../../ledger/test-events.ts'
import { verdictOf } from '../../ledger/verdict.ts'
import { createReporter } from './create.ts'
import { Paper, SCENARIOS } from './test-scenarios.ts'
import { createTiming, renderTiming, type Timing } from './timing.ts'

function timingOf(events: readonly Event[]): Timing {
  const fold = createTiming()
  for (const event of events) fold.add(event)
  return fold.current()
}

const ready = { incarnation: 1, ms: 0, ownership: 'proven', attempts: 1 } as const
const ranTo = (script: Script, daemon: string, after: number): Script =>
  script.add({ type: 'daemon.ready', daemon, ...ready }, after)

/** storaged 10..40, embedd 20..240 (needs nothing), queryd 50..150 (needs storaged), gateway 250..300 (both). */
function boot(): Script {
  const script = new Script().start(['d1']).add({ type: 'boot.started', daemons: [] }, 0)
  script.spawn('storaged', 1).spawn('embedd', 2)
  ranTo(script, 'storaged', 20).spawn('queryd', 3, ['storaged'])
  ranTo(ranTo(script, 'queryd', 100), 'embedd', 90).spawn('gateway', 4, ['queryd', 'embedd'])
  return ranTo(script, 'gateway', 50).add({ type: 'boot.finished', ok: true, ms: 300 }, 0)
}

describe('the critical path', () => {
  it('goes back over the need that was ready last', () =>
    expect(timingOf(boot().events).criticalPath).toEqual([
      { daemon: 'embedd', waitedMs: 20, ms: 220 },
      { daemon: 'gateway', waitedMs: 10, ms: 50 },
    ]))
  it('leaves restarts after the boot alone', () => {
    const script = ranTo(boot().spawn('embedd', 9, [], 2), 'embedd', 500)
    expect(timingOf(script.events).criticalPath).toEqual(timingOf(boot().events).criticalPath)
  })
  it('is empty when nothing was ready, and ends on needs in a circle', () => {
    expect(timingOf([]).criticalPath).toEqual([])
    const script = new Script().spawn('a', 1, ['b']).spawn('b', 2, ['a'])
    expect(timingOf(ranTo(ranTo(script, 'a', 5), 'b', 5).events).criticalPath).toHaveLength(2)
  })
})

it('does not count what is told after the end', () => {
  const ended = boot().stop().add({ type: 'run.finished', ms: 1_600 })
  const told = ended.add({ type: 'warning', message: 'no receipt' }, 9_000)
  expect(timingOf(told.events).totalMs).toBe(1_600)
})

it('accounts for the whole', () => {
  const script = boot().smoke('d1', 'PASS', { ms: 900 }).stop().add({ type: 'run.finished', ms: 1_600 })
  expect(timingOf(script.events)).toMatchObject({
    totalMs: 1_600,
    stopMs: 300,
    overheadMs: 1_600 - 270 - 900 - 300,
  })
  expect(renderTiming(timingOf(script.events)).join('\n')).toMatchInlineSnapshot(`
    "boot    300 ms: embedd 220 ms → gateway 50 ms
    smokes  900 ms in 1 smoke, slowest first:
      d1  900 ms
        41 ms  the answer is right
    stop    300 ms
    rest    130 ms
    total   1.6 s"
  `)
})

it.each([
  ['plain', false],
  ['plain', true],
  ['terminal', false],
] as const)('is told by the %s reporter when asked for, aside or not: %s', async (kind, aside) => {
  const report = async (timing: boolean): Promise<string> => {
    const stdout = new Paper()
    const stderr = new Paper()
    const reporter = createReporter({ kind, aside, stdout, stderr, timing, env: {} })
    const { events } = SCENARIOS['failed step']()
    for (const event of events) reporter.event(event)
    await reporter.finish(verdictOf(events))
    return aside ? stderr.text : stdout.text
  }
  expect(await report(true)).toMatch(
    /rerun: [\s\S]*boot {4}420 ms: storaged [\s\S]*total {3}3.0 s\n[\s\S]*--- 2 PASS/,
  )
  expect(await report(false)).not.toMatch(/^total/m)
})
