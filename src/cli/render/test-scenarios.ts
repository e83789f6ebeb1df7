/** Runs as people meet them, for the tests of what they then read. */
import type { Failure } from '../../kernel/failure.ts'
import { Script } from '../../ledger/test-events.ts'
import type { Out } from './sink.ts'

const CHAIN = ['d1', 'd2', 'd3']
const DAEMONS = ['storaged', 'catalogd', 'queryd'] as const

const SLOWNESS = { ms: 9_000, limitMs: 3_150, medianMs: 2_100, madMs: 80, samples: 20 }

const step: Failure = {
  tag: 'step-failed',
  smoke: 'd2',
  step: 'a query sees three rows, once the tick has passed',
  mismatches: [{ what: 'rows', expected: '[{"n":3}]', received: '[{"n":2}]' }],
  request: { daemon: 'queryd', method: 'POST', url: 'http://127.0.0.1:3214/v1/sql' },
  location: { file: 'smokes/d2.ts', line: 14, column: 7 },
  waited: { ms: 2_000, attempts: 81 },
}

const taken: Failure = {
  tag: 'bind-taken',
  daemon: 'storaged',
  address: '127.0.0.1:3211',
  holders: [
    { pid: 4242, command: 'node server.js', since: '2026-11-20T10:02:00.000Z', address: '127.0.0.1:3211' },
  ],
}

const crash: Failure = {
  tag: 'exited-before-ready',
  daemon: 'queryd',
  code: 1,
  signal: null,
  afterMs: 34,
  log: ['loading config', '\u001b[31mError: no such extension: parquet\u001b[0m'],
}

function blockAll(script: Script, daemon: string): Script {
  for (const smoke of CHAIN) {
    const reason = `${daemon} did not come up`
    const failures: Failure[] = [{ tag: 'blocked', smoke, daemons: [daemon], reason }]
    script.end(smoke, 'BLOCKED', { ms: 0, steps: 0, expectations: 0, failures })
  }
  return script
}

/** Each is a whole run, by the name of what happens in it. */
export const SCENARIOS = {
  green: () => {
    const script = new Script().start(CHAIN).boot(...DAEMONS)
    for (const smoke of CHAIN) script.smoke(smoke, 'PASS', { ms: smoke === 'd2' ? 5_400 : 300 })
    return script.stop().finish()
  },
  slow: () =>
    new Script()
      .start(CHAIN)
      .boot('storaged')
      .smoke('d1', 'PASS', { ms: 5_400, slow: { ...SLOWNESS, ms: 5_400 } })
      .smoke('d2', 'FAIL', {
        ms: 9_000,
        slow: SLOWNESS,
        failures: [{ tag: 'slow', smoke: 'd2', slowness: SLOWNESS }],
      })
      .smoke('d3')
      .stop()
      .finish(),
  'failed step': () =>
    new Script()
      .start(CHAIN)
      .boot(...DAEMONS)
      .smoke('d1')
      .begin('d2', 'a re-ingested file is stored once')
      .step('d2', 'the first ingest stores three rows')
      .step('d2', step.step, step)
      .end('d2', 'FAIL', {
        ms: 2_345,
        title: 'a re-ingested file is stored once',
        why: 'a retry after a lost answer used to double the rows',
        failures: [step],
        logs: { queryd: ['{"msg":"refreshed","tables":1}', '{"msg":"query","rows":2}'], storaged: [] },
      })
      .smoke('d3')
      .stop()
      .finish(),
  'bind taken': () => {
    const script = new Script().start(CHAIN).add({ type: 'boot.started', daemons: DAEMONS })
    script.add({ type: 'daemon.failed', daemon: 'storaged', failure: taken })
    return blockAll(script.add({ type: 'boot.finished', ok: false, ms: 12 }), 'storaged')
      .stop()
      .finish()
  },
  'crash before ready': () => {
    const script = new Script().start(CHAIN).add({ type: 'boot.started', daemons: DAEMONS })
    script.up('storaged', 4_000).spawn('queryd', 4_001, ['storaged']).exited('queryd', { failure: crash })
    script.add({ type: 'daemon.failed', daemon: 'queryd', failure: crash })
    return blockAll(script.add({ type: 'boot.finished', ok: false, ms: 190 }), 'queryd')
      .stop()
      .finish()
  },
  'death during a smoke': () => {
    const reason = 'queryd died while d1 ran'
    const failures: Failure[] = [{ tag: 'blocked', smoke: 'd2', daemons: ['queryd'], reason }]
    const d3: Failure[] = [{ tag: 'blocked', smoke: 'd3', daemons: ['queryd'], reason }]
    return new Script()
      .start(CHAIN)
      .boot(...DAEMONS)
      .begin('d1')
      .died('queryd', 'd1', ['panic: index out of range'])
      .end('d1', 'PASS', { logs: { queryd: ['panic: index out of range'], storaged: ['stored 3 objects'] } })
      .end('d2', 'BLOCKED', { ms: 0, failures })
      .end('d3', 'BLOCKED', { ms: 0, failures: d3 })
      .stop()
      .finish()
  },
  leak: () => {
    const script = new Script().start(CHAIN).boot(...DAEMONS)
    for (const smoke of CHAIN) script.smoke(smoke)
    return script.leak('PID 4711 (sleep 600)').stop(1).finish()
  },
  interrupted: () =>
    new Script()
      .start(CHAIN)
      .boot(...DAEMONS)
      .smoke('d1')
      .begin('d2')
      .add({ type: 'interrupted', signal: 'SIGINT' })
      .end('d2', 'NOT RUN', { reason: 'interrupted' })
      .stop()
      .finish(),
  'evidence lost': () => {
    const reason = 'ENOSPC: no space left on device, write'
    const script = new Script()
      .start(CHAIN)
      .boot(...DAEMONS)
      .smoke('d1')
    script.add({
      type: 'evidence.lost',
      failure: { tag: 'evidence-lost', path: 'logs/runs/20261120T100200Z-ab12cd/journal.jsonl', reason },
    })
    return script.smoke('d2').smoke('d3').stop().finish()
  },
  'a part, with a skip and a warning': () =>
    new Script()
      .start(CHAIN, ['d1', 'd3'])
      .boot('storaged')
      .add({ type: 'warning', message: 'clock stepped back by 3 s' })
      .smoke('d1')
      .smoke('d3', 'SKIP', { reason: 'no network' })
      .stop()
      .finish(),
} satisfies Record<string, () => Script>

/** A stream that keeps what is written to it. */
export class Paper implements Out {
  text = ''
  readonly isTTY: boolean
  readonly columns: number
  readonly rows: number
  constructor(isTTY = false, columns = 80, rows = 24) {
    this.isTTY = isTTY
    this.columns = columns
    this.rows = rows
  }
  write(text: string, done?: () => void): boolean {
    this.text += text
    done?.()
    return true
  }
  on(): this {
    return this
  }
}
