/**
 * From the moment a daemon begins to listen (or to serve) to the moment the tool knows that it is ready. The daemon
 * says that moment itself, by the clock that all processes of the machine share (CLOCK_MONOTONIC), in its log.
 * Beside it, in the same run and on the same daemon, wait-on: with its defaults, and looking every 5 ms.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import waitOn from 'wait-on'
import { Daemon } from '../src/daemon/daemon.ts'
import { Belongings } from '../src/host/belongings.ts'
import type { Guardian } from '../src/host/guardian.ts'
import { LogFile } from '../src/host/log-file.ts'
import { markerEnvironment, ownerMarker, runMarker } from '../src/host/marker.ts'
import { leasePort, type PortLease } from '../src/host/port-lease.ts'
import { spawnChild } from '../src/host/spawn.ts'
import { stopFamily } from '../src/host/stop.ts'
import { now } from '../src/kernel/clock.ts'
import type { ResolvedDaemon } from '../src/stack/resolve.ts'
import type { ReadySpec } from '../src/stack/types.ts'

export interface Row {
  readonly what: string
  readonly target?: string
  readonly values: Readonly<Record<string, string | number>>
}

const TRIALS = 50
const PUPPET = fileURLToPath(new URL('../src/daemon/fixtures/puppet.mjs', import.meta.url))
const HOST = '127.0.0.1'
const HEALTH: ReadySpec = { kind: 'http', target: '/health', status: 200 }
const TARGET = 'median < 5 ms, worst < 25 ms'

const guardian: Guardian = {
  pid: 0,
  watchGroup: () => undefined,
  unwatchGroup: () => undefined,
  watchSocket: () => undefined,
  unwatchSocket: () => undefined,
  removeLater: () => undefined,
  forget: () => undefined,
  close: () => Promise.resolve(),
  lost: new Promise(() => undefined),
}

/** How long a daemon may take from listening to saying so. */
const SAYS_WITHIN_MS = 2_000

interface Trial {
  readonly folder: string
  readonly port: number
  readonly serial: number
}

/** Milliseconds from the daemon's own moment (`listening`, `serving`, `ending`) to now. */
function sinceMoment(lines: readonly string[], word: string, nowNs: bigint): number {
  const line = lines.findLast((text) => text.startsWith(`${word} `))
  if (line === undefined) throw new Error(`the daemon did not say "${word}":\n${lines.join('\n')}`)
  return Number(nowNs - BigInt(line.slice(word.length + 1))) / 1e6
}

/** What the daemon itself took for its first answer, where it was told to say so. Milliseconds. */
function ownMs(lines: readonly string[]): number {
  const line = lines.find((text) => text.startsWith('own '))
  return line === undefined ? 0 : Number(line.slice('own '.length)) / 1e6
}

function specOf({ port, serial }: Trial, orders: object, ready: readonly ReadySpec[]): ResolvedDaemon {
  return {
    name: `puppet-${serial}`,
    command: [process.execPath, PUPPET, JSON.stringify({ listen: [{ host: HOST, port }], ...orders })],
    cwd: tmpdir(),
    env: {},
    binds: [{ name: 'main', host: HOST, port }],
    needs: [],
    ready,
    alive: [],
    readyTimeoutMs: 20_000,
    stopGraceMs: 2_000,
    expose: false,
    sql: { path: '/v1/sql', statementField: 'sql', rowsField: 'rows', columnsField: 'columns' },
  }
}

/** What is known of one trial, and what is still to be done when the others beside it are over, too. */
interface Measured {
  finish(): Promise<number>
}

async function measureDaemon(
  trial: Trial,
  orders: object,
  ready: readonly ReadySpec[],
  word: string,
): Promise<Measured> {
  const id = `bench-${process.pid}-${trial.serial}`
  let failedAt: bigint | undefined
  const daemon = new Daemon(specOf(trial, orders, ready), {
    run: { id, marker: runMarker(id), logsDir: trial.folder },
    guardian,
    belongings: new Belongings(guardian),
    emit: ({ type }) => {
      // What is shown on the screen; the family is stopped after it.
      if (type === 'daemon.failed') failedAt = process.hrtime.bigint()
    },
    currentSmoke: () => null,
    secrets: [],
    sampleEveryMs: 1_000,
  })
  const started = await daemon.start(new AbortController().signal)
  if (!started.ok && word !== 'ending') throw new Error(JSON.stringify(started.error))
  const knownAt = failedAt ?? process.hrtime.bigint()
  return {
    finish: async () => {
      // We may know before it has got round to saying so.
      const limit = now() + SAYS_WITHIN_MS
      while (now() < limit && !daemon.logTail(100).some((line) => line.startsWith(`${word} `))) await turn()
      await daemon.stop({ signal: 'SIGKILL' })
      const lines = daemon.logTail(100)
      return sinceMoment(lines, word, knownAt) - ownMs(lines)
    },
  }
}

async function measureWaitOn(trial: Trial, orders: object, options: object): Promise<Measured> {
  const { command, cwd } = specOf(trial, orders, [])
  const log = new LogFile(join(trial.folder, `wait-on-${trial.serial}.log`))
  const marker = ownerMarker(runMarker(`bench-${process.pid}`), `wait-on-${trial.serial}`)
  const spawned = await spawnChild({ command, cwd, env: markerEnvironment(marker), log })
  if (!spawned.ok) throw new Error(spawned.error.detail)
  await waitOn({ resources: [`http-get://${HOST}:${trial.port}/health`], timeout: 20_000, ...options })
  const knownAt = process.hrtime.bigint()
  return {
    finish: async () => {
      await stopFamily({ child: spawned.value, marker, graceMs: 0, firstSignal: 'SIGKILL' })
      await log.close()
      return sinceMoment(log.tail(100), 'listening', knownAt)
    },
  }
}

let serial = 0

/** `atOnce` trials side by side, until there are enough. */
async function repeat(
  folder: string,
  trials: number,
  atOnce: number,
  one: (trial: Trial) => Promise<Measured>,
): Promise<number[]> {
  const results: number[] = []
  while (results.length < trials) {
    const leases: PortLease[] = []
    while (leases.length < Math.min(atOnce, trials - results.length)) {
      leases.push(await leasePort({ run: `bench-${process.pid}`, host: HOST }))
    }
    const batch = leases.map(({ port }) => {
      serial += 1
      return one({ folder, port, serial })
    })
    // Stopping one looks through all processes; that must not fall into the measurement of another.
    for (const measured of await Promise.all(batch)) results.push(await measured.finish())
    for (const lease of leases) lease.release()
  }
  return results
}

function summarise(what: string, results: readonly number[], target?: string): Row {
  const sorted = [...results].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const values = {
    trials: sorted.length,
    'median ms': at(0.5).toFixed(1),
    'p90 ms': at(0.9).toFixed(1),
    'worst ms': at(1).toFixed(1),
  }
  return target === undefined ? { what, values } : { what, target, values }
}

/** @param trials of each kind; the daemons are puppets on free ports of 127.0.0.1. */
export async function benchReadiness(trials = TRIALS): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-readiness-'))
  // So that no two trials meet the polling in the same phase.
  const jitter = () => Math.floor(Math.random() * 100)
  const rows: Row[] = []
  const add = async (what: string, atOnce: number, one: (t: Trial) => Promise<Measured>, target?: string) => {
    rows.push(summarise(what, await repeat(folder, trials, atOnce, one), target))
  }
  try {
    await add(
      'http, listens at once',
      1,
      (t) => measureDaemon(t, { delayMs: jitter() }, [HEALTH], 'listening'),
      TARGET,
    )
    await add('http, the same, less its own time for its first answer', 1, (t) =>
      measureDaemon(t, { delayMs: jitter(), timeFirstAnswer: true }, [HEALTH], 'listening'),
    )
    await add(
      'http, listens after 3 s',
      10,
      (t) => measureDaemon(t, { delayMs: 3_000 + 20 * jitter() }, [HEALTH], 'listening'),
      TARGET,
    )
    await add(
      'http, 503 for 0.5 s, then serves',
      1,
      (t) => measureDaemon(t, { warmUpMs: 500 + jitter() }, [HEALTH], 'serving'),
      TARGET,
    )
    await add(
      'http, 503 for 3 s, then serves',
      10,
      (t) => measureDaemon(t, { warmUpMs: 3_000 + 20 * jitter() }, [HEALTH], 'serving'),
      TARGET,
    )
    await add(
      'tcp',
      1,
      (t) => measureDaemon(t, { delayMs: jitter() }, [{ kind: 'tcp' }], 'listening'),
      TARGET,
    )
    await add(
      'no probe: listening is enough',
      1,
      (t) => measureDaemon(t, { delayMs: jitter() }, [], 'listening'),
      TARGET,
    )
    await add(
      'fd (no polling)',
      1,
      (t) => measureDaemon(t, { delayMs: jitter(), notifyFd: 3 }, [{ kind: 'fd', fd: 3 }], 'listening'),
      TARGET,
    )
    await add(
      'file, through wait-on',
      1,
      (t) => {
        const path = join(folder, `file-${t.serial}`)
        return measureDaemon(t, { delayMs: jitter(), touch: path }, [{ kind: 'file', path }], 'listening')
      },
      TARGET,
    )
    await add(
      'socket, through wait-on',
      1,
      (t) => {
        const path = join(folder, `socket-${t.serial}`)
        return measureDaemon(t, { delayMs: jitter(), unix: path }, [{ kind: 'socket', path }], 'listening')
      },
      TARGET,
    )
    await add(
      'dies before it is ready',
      1,
      (t) => measureDaemon(t, { delayMs: jitter(), dieLate: 3 }, [HEALTH], 'ending'),
      'worst < 50 ms',
    )
    await add('wait-on, defaults', 1, (t) => measureWaitOn(t, { delayMs: jitter() }, {}))
    await add('wait-on, interval 5 ms', 1, (t) =>
      measureWaitOn(
        t,
        { delayMs: jitter() },
        { interval: 5, window: 5, httpTimeout: 1_000, tcpTimeout: 1_000 },
      ),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return rows
}

export default { name: 'readiness latency', run: (): Promise<Row[]> => benchReadiness() }

if (import.meta.main) {
  const trials = Number(process.argv[2] ?? TRIALS)
  for (const { what, target = '', values } of await benchReadiness(trials)) {
    const figures = Object.entries(values).map(([name, value]) => `${name} ${String(value).padStart(6)}`)
    process.stdout.write(`${what.padEnd(56)} ${figures.join('  ')}  ${target}\n`)
  }
}
