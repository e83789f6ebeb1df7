/** One run of a smoke as the tool sees it: through the messages of its host, its exit, the clock and the run's abort. */
import type { LogFile } from '../../host/log-file.ts'
import type { Marker } from '../../host/marker.ts'
import { now } from '../../kernel/clock.ts'
import type { Emit } from '../../kernel/event.ts'
import type { Failure } from '../../kernel/failure.ts'
import type { StackSession } from '../stack-session.ts'
import type { DaemonDescription, SmokeInfo, Trial } from '../types.ts'
import type { Finished, FromHost } from './messages.ts'
import { resolveWithin } from './resolve-within.ts'
import type { HostExit, SmokeHost } from './smoke-host.ts'
import { trimEvidence } from './trim-evidence.ts'

/** How long a host that is over its budget gets to say what it waits for. */
const REPORT_MS = 1_000

export interface TypescriptRun {
  readonly info: SmokeInfo
  readonly host: SmokeHost
  readonly log: LogFile
  readonly session: StackSession
  readonly run: Marker
  readonly root: string
  readonly dataDir: string
  readonly signal: AbortSignal
  /** Takes secrets out of a text, in whatever spelling. */
  readonly redact: (text: string) => string
  /** Redacts, then tells the run. */
  readonly emit: Emit
  readonly trial?: Trial
  daemons(): readonly DaemonDescription[]
}

/** How a run came to its end. */
export type End =
  | { readonly how: 'finished'; readonly finished: Finished }
  | { readonly how: 'exited'; readonly exit: HostExit }
  | { readonly how: 'over-budget' }
  | { readonly how: 'aborted' }

interface OpenStep {
  readonly step: string
  readonly index: number
  readonly startedAt: number
  readonly claims?: readonly string[]
}

/** One run as seen through the messages of the host. */
export class Watch {
  readonly #o: TypescriptRun
  readonly #open = new Map<number, OpenStep>()
  readonly #finished = Promise.withResolvers<Finished>()
  readonly #report = Promise.withResolvers<readonly string[]>()
  #call = 0
  steps = 0
  expectations = 0

  constructor(o: TypescriptRun) {
    this.#o = o
  }

  /**
   * Sends the order, and tells what came first: the end of the smoke, of its host, of the budget, or the signal. Ends
   * nothing itself, and never rejects.
   */
  async run(owner: string, boundary: string): Promise<End> {
    const { host, info, signal } = this.#o
    host.onMessage = (message) => this.#take(message)
    const over = Promise.withResolvers<End>()
    const abort = (): void => over.resolve({ how: 'aborted' })
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const budget = setTimeout(() => over.resolve({ how: 'over-budget' }), info.budgetMs)
    this.#call = host.nextCall()
    const all = this.#o.daemons()
    host.send({
      type: 'run',
      call: this.#call,
      order: {
        id: info.id,
        file: info.file,
        claims: info.claims,
        daemons: all.filter((daemon) => info.needs.includes(daemon.name)),
        known: all.map((daemon) => daemon.name),
        root: this.#o.root,
        dataDir: this.#o.dataDir,
        owner,
        boundary,
        ...(this.#o.trial === undefined ? {} : { trial: this.#o.trial }),
      },
    })
    try {
      return await Promise.race<End>([
        this.#finished.promise.then((finished) => ({ how: 'finished', finished })),
        host.exited.then((exit) => ({ how: 'exited', exit })),
        over.promise,
      ])
    } finally {
      clearTimeout(budget)
      signal.removeEventListener('abort', abort)
    }
  }

  /** What the smoke waits for; undefined when its event loop does not turn. */
  async askWhatFor(): Promise<readonly string[] | undefined> {
    this.#o.host.send({ type: 'report', call: this.#o.host.nextCall() })
    return await resolveWithin(REPORT_MS, this.#report.promise)
  }

  /** The steps that were running, outermost first. */
  get open(): readonly OpenStep[] {
    return [...this.#open.values()]
  }

  /** Ends the steps that the host can no longer end. */
  closeSteps(failure: Failure | undefined): void {
    this.#o.host.onMessage = undefined
    for (const { step, index, startedAt } of this.#open.values()) {
      const ms = now() - startedAt
      this.#emitFinished({ step, index, ok: false, ms, expectations: 0, ...(failure ? { failure } : {}) })
    }
  }

  #take(message: FromHost): void {
    switch (message.type) {
      case 'step.started': {
        const { type: _, ...started } = message
        const { step, index } = started
        this.#open.set(index, { ...started, startedAt: now() })
        this.#o.emit({ type: 'step.started', smoke: this.#o.info.id, step, index })
        return
      }
      case 'step.finished': {
        const { type: _, ...finished } = message
        this.#emitFinished(finished)
        return
      }
      case 'control':
        void this.#control(message)
        return
      case 'report':
        this.#report.resolve(message.waitingFor)
        return
      case 'finished':
        if (message.call === this.#call) this.#finished.resolve(message.finished)
        return
      default:
    }
  }

  #emitFinished(finished: Omit<Extract<FromHost, { type: 'step.finished' }>, 'type'>): void {
    this.steps += 1
    this.expectations += finished.expectations
    const claims = this.#open.get(finished.index)?.claims
    this.#open.delete(finished.index)
    this.#o.emit({
      type: 'step.finished',
      smoke: this.#o.info.id,
      ...finished,
      ...trimEvidence(finished, this.#o.redact),
      ...(claims && { claims }),
    })
  }

  async #control(message: Extract<FromHost, { type: 'control' }>): Promise<void> {
    const failure = await this.#o.session.act(message.control)
    const pid = this.#o.daemons().find((daemon) => daemon.name === message.control.daemon)?.pid
    this.#o.host.send({
      type: 'controlled',
      call: message.call,
      ...(failure === undefined ? {} : { failure }),
      ...(pid === undefined ? {} : { pid }),
    })
  }
}
