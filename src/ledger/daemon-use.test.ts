import { expect, it } from 'vitest'
import { parseLedgerJson } from './json.ts'
import { renderLedgerJson } from './json-document.ts'
import { Script } from './test-events.ts'
import { verdictOf } from './verdict.ts'

const limits = { maxRssBytes: 512 * 2 ** 20, maxCpuMs: 20_000 }
const early = { cpuSeconds: 0.5, peakRssBytes: 80_000_000, threads: 11, fds: 25, loggedBytes: 900 }
const late = { ...early, cpuSeconds: 1.25 }

function run(attachedTo?: number): Script {
  const script = new Script().start(['d1'])
  script.add({
    type: 'boot.started',
    daemons: ['db', 'web'],
    ...(attachedTo === undefined ? {} : { attachedTo }),
  })
  const spawned = { type: 'daemon.spawned', daemon: 'db', pid: 7, sockets: [], needs: [], limits } as const
  script.add({ ...spawned, incarnation: 1 }).spawn('web', 8)
  script.add({
    type: 'daemon.sampled',
    daemon: 'db',
    cpuPercent: 3,
    rssBytes: 1,
    processes: 1,
    resources: early,
  })
  return script.add({ ...spawned, incarnation: 2 })
}

it('is what was told last, also of a run that was killed', () => {
  const killed = run()
  expect(verdictOf(killed.events).daemons).toEqual([
    { daemon: 'db', incarnations: 2, limits, resources: early },
    { daemon: 'web', incarnations: 1 },
  ])
  const ended = killed.add({
    type: 'daemon.stopped',
    daemon: 'db',
    ms: 5,
    how: 'terminated',
    resources: late,
  })
  expect(verdictOf(ended.events).daemons[0]?.resources).toEqual(late)
})

it('is not told of a stack that was up before the run', () =>
  expect(verdictOf(run(99).events).daemons[0]).not.toHaveProperty('resources'))

it('is in ledger.json as it is in the verdict, with what the smokes used', () => {
  const resources = { own: { cpuSeconds: 0.07, loggedBytes: 0 }, daemons: { db: { cpuSeconds: 0.2 } } }
  const verdict = verdictOf(run().smoke('d1', 'PASS', { resources }).finish().events)
  const document = parseLedgerJson(renderLedgerJson(verdict))
  expect(document.daemons).toEqual(verdict.daemons)
  expect(document.rows[0]?.resources).toEqual(resources)
  expect(verdictOf(run().smoke('d1').events).rows[0]).not.toHaveProperty('resources')
})
