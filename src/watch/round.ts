/**
 * One run of some smokes on the stack that is up. A newer change overtakes it: the smoke that is running is cut short when the
 * change concerns it, and finished otherwise; those after it are left for the next round.
 */
import { runSmokes } from '../chain/smokes.ts'
import type { Emit } from '../kernel/event.ts'
import { discoverSmokes } from '../smoke/discover.ts'
import type { SmokeInfo, SmokeProblem, SmokeRunner } from '../smoke/types.ts'
import { needsClosure } from '../stack/order.ts'
import type { Work } from './inbox.ts'
import type { WatchedStack } from './watched-stack.ts'

export interface RoundOptions {
  readonly stack: WatchedStack
  readonly runner: SmokeRunner
  readonly emit: Emit
  /** Fires when all is to end. */
  readonly stop: AbortSignal
  /** What is known of each smoke; renewed. */
  readonly infos: Map<string, SmokeInfo>
  /** Daemons that are to be up whatever the smokes need. */
  readonly daemons: readonly string[]
}

type Read =
  | { readonly id: string; readonly info: SmokeInfo }
  | { readonly id: string; readonly problems: readonly SmokeProblem[] }

/**
 * Is run once. `overtake` may come at any time meanwhile. After `run`, the runner is the caller's to close, in any
 * case.
 */
export class Round {
  readonly #o: RoundOptions
  readonly #cut = new AbortController()
  #overtaken = false
  #reading = false
  #running: SmokeInfo | undefined
  /** The runner's process is being ended, and whatever carries its mark: a new one must not be there yet. */
  #closing: Promise<void> | undefined

  constructor(o: RoundOptions) {
    this.#o = o
  }

  /** Something newer has come: not all of the smokes may have been run. */
  get overtaken(): boolean {
    return this.#overtaken
  }

  /** Runs the smokes in this order, as far as it comes. */
  async run(ids: readonly string[]): Promise<void> {
    try {
      await this.#runAll(ids)
    } finally {
      await this.#closing
    }
  }

  async #runAll(ids: readonly string[]): Promise<void> {
    const smokes = await this.#read(ids)
    if (this.#isOver) return
    const needs = smokes.flatMap((smoke) => ('info' in smoke ? smoke.info.needs : []))
    const { stack, daemons } = this.#o
    await stack.bringUp([...daemons, ...needsClosure(stack.resolved.stack, needs)])
    for (const smoke of smokes) {
      if (this.#isOver) return
      if ('info' in smoke) await this.#runOne(smoke.info)
      else this.#tell(smoke.id, smoke.problems)
    }
  }

  /** Something newer has come. @returns whether the smoke that is running is cut short by it. */
  overtake(work: Work): boolean {
    this.#overtaken = true
    const { stack } = this.#o
    this.#endReading()
    // So is a daemon that does not come up: its cure may just have been saved.
    for (const daemon of stack.daemons.values()) {
      const isConcerned = work.stack || work.daemons.includes(daemon.name)
      if (isConcerned && daemon.state === 'starting') void daemon.stop()
    }
    if (!this.#running || !this.#concerns(work, this.#running)) return false
    this.#cut.abort()
    return true
  }

  /** A file that hangs while it is loaded is ended with its process. */
  readonly #endReading = (): void => {
    if (this.#reading) this.#closing ??= this.#o.runner.close()
  }

  get #isOver(): boolean {
    return this.#overtaken || this.#o.stop.aborted
  }

  #concerns(work: Work, { id, needs }: SmokeInfo): boolean {
    const needed = needsClosure(this.#o.stack.resolved.stack, needs)
    return work.stack || work.smokes.includes(id) || work.daemons.some((name) => needed.includes(name))
  }

  async #read(ids: readonly string[]): Promise<Read[]> {
    const { stack, runner, infos, stop } = this.#o
    const smokes: Read[] = []
    this.#reading = true
    stop.addEventListener('abort', this.#endReading)
    for (const id of ids) {
      if (this.#isOver) break
      const found = discoverSmokes(stack.resolved.stack.smokes, [id])
      const described = found.ok ? await runner.describe(found.value) : found
      if (described.ok) {
        for (const info of described.value) {
          infos.set(id, info)
          smokes.push({ id, info })
        }
      } else smokes.push({ id, problems: described.error })
    }
    this.#reading = false
    stop.removeEventListener('abort', this.#endReading)
    return smokes
  }

  async #runOne(info: SmokeInfo): Promise<void> {
    const { stack, runner, emit, stop } = this.#o
    this.#running = info
    await runSmokes({
      smokes: [info],
      crew: stack.crew,
      stack: stack.resolved.stack,
      runner,
      emit,
      bail: false,
      failOnSlow: false,
      stop: AbortSignal.any([stop, this.#cut.signal]),
      setCurrent: (smoke) => {
        stack.current = smoke
      },
    })
    this.#running = undefined
  }

  /** A file that cannot be read as a smoke fails it, and the others run. */
  #tell(smoke: string, problems: readonly SmokeProblem[]): void {
    const { emit, infos } = this.#o
    const title = infos.get(smoke)?.title ?? ''
    emit({ type: 'smoke.started', smoke, title })
    emit({
      type: 'smoke.finished',
      smoke,
      verdict: 'FAIL',
      ms: 0,
      steps: 0,
      expectations: 0,
      failures: problems.map(({ file, line, column, message }) => ({
        tag: 'smoke-broken',
        smoke,
        how: 'load',
        detail: message,
        ...(line === undefined ? {} : { location: { file, line, column: column ?? 1 } }),
      })),
      title,
      logs: {},
    })
  }
}
