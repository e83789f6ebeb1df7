import { expect, it } from 'vitest'
import type { Resources } from '../../kernel/resources.ts'
import { Script } from '../../ledger/test-events.ts'
import { verdictOf } from '../../ledger/verdict.ts'
import { renderResources } from './resources.ts'

const MiB = 2 ** 20
const limits = { maxRssBytes: 512 * MiB, maxCpuMs: 60_000, maxFds: 1_024 }

function run(): Script {
  const script = new Script().start(['d1', 'storaged_cap', 'd3']).add({ type: 'boot.started', daemons: [] })
  const about = { type: 'daemon.spawned', pid: 7, sockets: [], needs: [] } as const
  script.add({ ...about, daemon: 'storaged', incarnation: 1, limits })
  script.add({ ...about, daemon: 'storaged', incarnation: 2, limits })
  return script
    .add({ ...about, daemon: 'q', incarnation: 1 })
    .add({ ...about, daemon: 'idle', incarnation: 1 })
}

const stopped = (script: Script, daemon: string, resources: Resources): Script =>
  script.add({ type: 'daemon.stopped', daemon, ms: 5, how: 'terminated', resources })

it('shows daemons and smokes in two tables', () => {
  const script = run()
  script.smoke('d1', 'PASS', {
    resources: {
      own: { cpuSeconds: 0.07, peakRssBytes: 65.7 * MiB, threads: 7, fds: 23, loggedBytes: 9_600 },
      daemons: { storaged: { cpuSeconds: 0.27 }, q: { cpuSeconds: 0.3 }, idle: { cpuSeconds: 0 }, mute: {} },
    },
  })
  // Where the system tells nothing of threads and files, and nothing at all.
  script.smoke('storaged_cap', 'PASS', { resources: { daemons: { storaged: { cpuSeconds: 12.5 } } } })
  stopped(script, 'q', { cpuSeconds: 0.49, peakRssBytes: 1.5 * 1_024 * MiB, loggedBytes: 0 })
  stopped(script, 'storaged', {
    cpuSeconds: 13.4,
    peakRssBytes: 84 * MiB,
    threads: 11,
    fds: 26,
    loggedBytes: 11_500,
  })
  expect(renderResources(verdictOf(script.events)).join('\n')).toMatchInlineSnapshot(`
    "used by the daemons, most CPU time first; memory, threads and files at their peak
      daemon        CPU                memory  threads    files    logged
      storaged  13.40 s  84.0 MiB / 512.0 MiB       11  26/1024  11.2 KiB  started 2 times
      q          0.49 s               1.5 GiB        –        –       0 B
    used by the smokes; memory, threads and files of their own processes
      smoke             CPU     own    memory  threads  files   logged  daemons that worked most
      d1             0.64 s  0.07 s  65.7 MiB        7     23  9.4 KiB  q 0.30 s, storaged 0.27 s
      storaged_cap  12.50 s       –         –        –      –        –  storaged 12.50 s"
  `)
})

it('says nothing where nothing was told', () =>
  expect(renderResources(verdictOf(run().smoke('d1').events))).toEqual([]))
