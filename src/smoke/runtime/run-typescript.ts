/** Has a smoke host run one smoke, under its budget, and adds what only the tool can see: that it hangs or has gone. */
import type { LogFile } from '../../host/log-file.ts'
import { type Marker, ownerMarker } from '../../host/marker.ts'
import type { Emit } from '../../kernel/event.ts'
import type { Failure, FailureOf } from '../../kernel/failure.ts'
import { formatDuration } from '../../kernel/units.ts'
import type { StackSession } from '../stack-session.ts'
import type { DaemonDescription, SmokeInfo, SmokeOutcome } from '../types.ts'
import { endLeftovers } from './family.ts'
import type { Finished, FromHost } from './messages.ts'
import { OutputSplitter } from './output-splitter.ts'
import type { HostExit, SmokeHost } from './smoke-host.ts'

/** How long a host that is over its budget gets to say what it waits for. */
const REPORT_MS = 200
/** How long the end of the output may lag behind the news that the smoke is over. */
const OUTPUT_MS = 1_000

export interface TypescriptRun {
  readonly info: SmokeInfo
  readonly host: SmokeHost
  readonly log: LogFile
  readonly session: StackSession
  readonly run: Marker
  readonly root: string
  readonly dataDir: string
  readonly signal: AbortSignal
  /** Redacts, then tells the run. */
  readonly emit: Emit
  daemons(): readonly DaemonDescription[]
}

type End =
  | { readonly how: 'finished'; readonly finished: Finished }
  | { readonly how: 'exited'; readonly exit: HostExit }
  | { readonly how: 'over-budget' }
  | { readonly how: 'aborted' }

interface OpenStep {
  readonly step: string
  readonly index: number
  readonly startedAt: number
}

/** Runs the smoke. `clean`: the host may run the next one; otherwise it has been ended. */
export async function runTypescript(o: TypescriptRun): Promise<{ outcome: SmokeOutcome; clean: boolean }> {
  const { host, info, log } = o
  const owner = ownerMarker(o.run, `smoke:${info.id}`)
  const boundary = `\u0000end of ${info.id} ${o.run.value}\n`
  const output = new OutputSplitter(boundary, (chunk) => log.write(chunk))
  const watch = new Watch(o)
  host.onOutput = (chunk) => output.push(chunk)
  const end = await watch.run(owner.value, boundary)
  if (end.how === 'finished') {
    await within(OUTPUT_MS, output.seen)
    const left = end.finished.spawned ? await endLeftovers(host.familyOf(owner), host.identity?.pid) : []
    const clean = !end.finished.dirty && host.isAlive
    if (!clean) await host.kill(owner)
    host.onOutput = undefined
    const outcome = describeFinished(info, end.finished, left)
    watch.closeSteps(outcome.failures[0])
    return { outcome: { ...outcome, steps: watch.steps, expectations: watch.expectations }, clean }
  }
  const failures = await describeEnd(end, watch, info)
  await host.kill(owner)
  output.flush()
  host.onOutput = undefined
  const told = failures.map((failure) => withLog(failure, log))
  watch.closeSteps(told[0])
  const { steps, expectations } = watch
  const reason = end.how === 'aborted' ? { reason: 'interrupted' } : {}
  return { outcome: { verdict: 'FAIL', failures: told, steps, expectations, ...reason }, clean: false }
}

/** One run as seen through the messages of the host. */
class Watch {
  readonly #o: TypescriptRun
  readonly #open = new Map<number, OpenStep>()
  readonly #finished = Promise.withResolvers<Finished>()
  readonly #report = Promise.withResolvers<readonly string[]>()
  readonly failures: Failure[] = []
  #call = 0
  steps = 0
  expectations = 0

  constructor(o: TypescriptRun) {
    this.#o = o
  }

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
        daemons: all.filter((daemon) => info.needs.includes(daemon.name)),
        known: all.map((daemon) => daemon.name),
        root: this.#o.root,
        dataDir: this.#o.dataDir,
        owner,
        boundary,
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
    return await within(REPORT_MS, this.#report.promise)
  }

  /** The steps that were running, outermost first. */
  get open(): readonly OpenStep[] {
    return [...this.#open.values()]
  }

  /** Ends the steps that the host can no longer end. */
  closeSteps(failure: Failure | undefined): void {
    this.#o.host.onMessage = undefined
    for (const { step, index, startedAt } of this.#open.values()) {
      const ms = performance.now() - startedAt
      this.#emitFinished({ step, index, ok: false, ms, expectations: 0, ...(failure ? { failure } : {}) })
    }
    this.#open.clear()
  }

  #take(message: FromHost): void {
    switch (message.type) {
      case 'step.started': {
        const { step, index } = message
        this.#open.set(index, { step, index, startedAt: performance.now() })
        this.#o.emit({ type: 'step.started', smoke: this.#o.info.id, step, index })
        return
      }
      case 'step.finished': {
        const { type: _, ...finished } = message
        this.#open.delete(message.index)
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
    this.#o.emit({ type: 'step.finished', smoke: this.#o.info.id, ...finished })
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

function describeFinished(
  info: SmokeInfo,
  finished: Finished,
  left: readonly string[],
): Pick<SmokeOutcome, 'verdict' | 'failures' | 'reason'> {
  const failures = [...finished.failures]
  if (left.length > 0) {
    const detail = `still running when the smoke had ended (now killed): ${left.join(', ')}`
    failures.push({ tag: 'smoke-broken', smoke: info.id, how: 'left-process', detail })
  }
  const { skipped } = finished
  const verdict = failures.length > 0 ? 'FAIL' : skipped === undefined ? 'PASS' : 'SKIP'
  return {
    verdict,
    failures,
    ...(verdict === 'SKIP' && skipped !== undefined ? { reason: skipped } : {}),
  }
}

async function describeEnd(
  end: Exclude<End, { how: 'finished' }>,
  watch: Watch,
  info: SmokeInfo,
): Promise<Failure[]> {
  if (end.how === 'aborted') return []
  const last = watch.open.at(-1)
  const step = last ? { step: last.step } : {}
  const broken = (how: FailureOf<'smoke-broken'>['how'], detail: string): Failure[] => [
    { tag: 'smoke-broken', smoke: info.id, how, detail, ...step },
  ]
  if (end.how === 'exited') return broken('exited', describeExit(end.exit))
  const budget = formatDuration(info.budgetMs)
  const waitingFor = await watch.askWhatFor()
  if (waitingFor === undefined) {
    return broken(
      'over-budget',
      `${budget}; its event loop does not turn: an endless loop, or a synchronous call`,
    )
  }
  // What is innermost was begun last.
  const what = waitingFor.filter((item) => last === undefined || !item.startsWith(`step "${last.step}"`))
  return broken('over-budget', `${budget}${what.length === 0 ? '' : `; waiting for ${what.join(', ')}`}`)
}

function describeExit(exit: HostExit): string {
  if (exit.detail !== undefined) return `its process could not be started: ${exit.detail}`
  if (exit.signal !== null) return `its process was ended by ${exit.signal}`
  return `its process ended with code ${exit.code}: process.exit() in the smoke, or a crash`
}

/** A crash tells its cause in the log, or nowhere. */
function withLog(failure: Failure, log: LogFile): Failure {
  if (failure.tag !== 'smoke-broken' || failure.how !== 'exited') return failure
  const tail = log.tail(10)
  return tail.length === 0 ? failure : { ...failure, stack: tail.join('\n') }
}

/** The value, or undefined when it takes longer than `ms`. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
