/** Builders of events for tests: a run is written as a list of what happened, one call a thing. */
import type { Event, EventBody, EventOf, VerdictClass } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'

type SmokeEnd = Partial<Omit<EventOf<'smoke.finished'>, 'type' | 'smoke' | 'verdict'>>

/** Collects events; each gets a time 10 ms after the one before, unless `after` says otherwise. */
export class Script {
  readonly events: Event[] = []
  #atMs = 0

  add(body: EventBody, after = 10): this {
    this.#atMs += after
    this.events.push({ ...body, atMs: this.#atMs })
    return this
  }

  start(chain: readonly string[], selected = chain): this {
    return this.add(
      {
        type: 'run.started',
        schema: 1,
        run: '20261120T100200Z-ab12cd',
        at: '2026-11-20T10:02:00.000Z',
        dir: 'logs/runs/20261120T100200Z-ab12cd',
        stack: { name: 'dev', file: 'stacks/dev.toml' },
        chain,
        selected,
        tool: { version: '0.1.0', node: '24.21.0', platform: 'linux x64' },
        rerun: 'smokechain run --stack stacks/dev.toml',
      },
      0,
    )
  }

  /** A boot of daemons that all come up; `needs` of each are all before it in the list. */
  boot(...daemons: string[]): this {
    this.add({ type: 'boot.started', daemons })
    for (const [i, daemon] of daemons.entries()) this.up(daemon, 4_000 + i, daemons.slice(0, i))
    return this.add({ type: 'boot.finished', ok: true, ms: 420 })
  }

  spawn(daemon: string, pid: number, needs: readonly string[] = [], incarnation = 1): this {
    const sockets = [{ name: 'main', host: '127.0.0.1', port: 3_211 }]
    return this.add({ type: 'daemon.spawned', daemon, incarnation, pid, sockets, needs })
  }

  up(daemon: string, pid: number, needs: readonly string[] = []): this {
    this.spawn(daemon, pid, needs)
    const ownership = 'proven'
    return this.add({ type: 'daemon.ready', daemon, incarnation: 1, ms: 120, ownership, attempts: 3 }, 120)
  }

  begin(smoke: string, title = `${smoke} keeps its promise`): this {
    return this.add({ type: 'smoke.started', smoke, title })
  }

  step(smoke: string, step: string, failure?: Failure): this {
    this.add({ type: 'step.started', smoke, step, index: 0 })
    const end = { smoke, step, index: 0, ok: !failure, ms: 41, expectations: 2, ...(failure && { failure }) }
    return this.add({ type: 'step.finished', ...end }, 41)
  }

  end(smoke: string, verdict: VerdictClass, more: SmokeEnd = {}): this {
    return this.add({
      type: 'smoke.finished',
      smoke,
      verdict,
      ms: 1_234,
      steps: 1,
      expectations: 2,
      failures: [],
      title: `${smoke} keeps its promise`,
      logs: {},
      ...more,
    })
  }

  /** A smoke of one step, begun and ended. */
  smoke(smoke: string, verdict: VerdictClass = 'PASS', more: SmokeEnd = {}): this {
    return this.begin(smoke).step(smoke, 'the answer is right').end(smoke, verdict, more)
  }

  died(daemon: string, during: string | null, log: readonly string[] = []): this {
    const failure = { tag: 'died', daemon, code: 1, signal: null, upMs: 4_200, log } as const
    return this.exited(daemon, { during, failure })
  }

  exited(daemon: string, more: Partial<EventOf<'daemon.exited'>>): this {
    const base = { daemon, incarnation: 1, code: 1, signal: null, expected: false, during: null }
    return this.add({ type: 'daemon.exited', ...base, ...more })
  }

  leak(what: string): this {
    return this.add({ type: 'leak.found', failure: { tag: 'leak', kind: 'process', what, owner: 'queryd' } })
  }

  stop(leaks = 0): this {
    this.add({ type: 'stop.started' })
    return this.add({ type: 'stop.finished', ms: 300, leaks }, 300)
  }

  finish(): this {
    return this.add({ type: 'run.finished', ms: 3_000 })
  }
}
