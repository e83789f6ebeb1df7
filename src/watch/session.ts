/**
 * Watching a stack: boots it, runs the smokes once, and then answers every change, one round after the other, until it is
 * told to stop. Writes no ledger and no receipt: what it says is for whoever sits before it.
 */
import { basename, join } from 'node:path'
import type { Ground } from '../chain/prepare.ts'
import type { ChainSignals } from '../chain/run.ts'
import { createEventStream } from '../chain/stream.ts'
import { now } from '../kernel/clock.ts'
import type { Emit, Event } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { createGrowingRedactor } from '../ledger/redact-event.ts'
import { createRows, type Rows } from '../ledger/rows.ts'
import type { SmokeInfo } from '../smoke/types.ts'
import { needsClosure } from '../stack/order.ts'
import type { Stack } from '../stack/types.ts'
import { describeRound } from './describe-round.ts'
import { explainBlindness } from './explain-blindness.ts'
import { FileIndex, type IndexedStack } from './file-index.ts'
import { type Changed, FileWatch } from './file-watch.ts'
import { FreshRunners } from './fresh-runners.ts'
import { Inbox, type Work } from './inbox.ts'
import { reloadStack } from './reload.ts'
import { Round } from './round.ts'
import { listFailing, type Standing, StandingBook } from './standing.ts'
import type { WatchView } from './view.ts'
import { WatchedStack } from './watched-stack.ts'

export interface WatchOptions {
  readonly stack: Stack
  /** Undefined: the chain, also as it changes. */
  readonly chosen: readonly string[] | undefined
  readonly ground: Ground
  /** Takes `daemons/` and `smokes/`. */
  readonly dir: string
  /** Folders that runs write into; nothing in them is a source. */
  readonly written: readonly string[]
  readonly toolVersion: string
  readonly signals: ChainSignals
  readonly view: WatchView
}

export interface WatchEnd {
  readonly standing: Standing
  /** Daemons that were not to be trusted when it ended. */
  readonly broken: readonly string[]
  readonly leaks: readonly Failure[]
  /** The tool itself has failed. */
  readonly fault: boolean
}

/**
 * Nothing runs before `run`, which is called once and gives the ground back, guardian included. The other methods
 * only say what is to be done next, and return at once.
 */
export class WatchSession {
  readonly #o: WatchOptions
  readonly #quit = new AbortController()
  readonly #stop: AbortSignal
  readonly #emit: Emit
  readonly #stack: WatchedStack
  readonly #index: FileIndex
  readonly #files: FileWatch
  readonly #runners: FreshRunners
  readonly #inbox = new Inbox((work) => this.#overtake(work))
  readonly #book = new StandingBook()
  readonly #infos = new Map<string, SmokeInfo>()
  #rows: Rows = createRows()
  #round: Round | undefined
  #last: readonly string[] = []

  constructor(o: WatchOptions) {
    this.#o = o
    this.#stop = AbortSignal.any([o.signals.stop, this.#quit.signal])
    const redact = createGrowingRedactor(() => this.#stack.resolved.secrets)
    const tellAll = (event: Event): void => {
      this.#stack.note(event)
      this.#rows.add(event)
      o.view.event(event)
      const row = event.type === 'smoke.finished' ? this.#rows.row(event.smoke) : undefined
      if (row && row.class !== 'NOT RUN') o.view.smokeFinished(row)
    }
    this.#emit = createEventStream(redact, [tellAll])
    this.#stack = new WatchedStack({
      ground: o.ground,
      logsDir: join(o.dir, 'daemons'),
      emit: this.#emit,
      stop: this.#stop,
      kill: o.signals.kill,
    })
    this.#runners = new FreshRunners({ ground: o.ground, stack: this.#stack, emit: this.#emit, dir: o.dir })
    this.#index = new FileIndex(this.#indexed)
    this.#files = new FileWatch({
      concerns: (path) =>
        this.#index.lookUp(path) !== undefined || this.#index.findNewcomer(path) !== undefined,
      written: o.written,
      onChange: (changed) => this.#hear(changed),
      onError: (error) => o.view.problem(explainBlindness(error)),
    })
  }

  /** Names of the daemons, for whoever asks which one to restart. */
  get daemons(): readonly string[] {
    return [...this.#stack.daemons.keys()]
  }

  /** Names of the daemons that are not to be trusted at this moment. */
  get broken(): readonly string[] {
    return this.#stack.listBroken()
  }

  /** Ids of the smokes that are watched, in chain order. */
  get chosen(): readonly string[] {
    const { chain } = this.#stack.resolved.stack
    const { chosen } = this.#o
    return chosen === undefined ? chain : chain.filter((id) => chosen.includes(id))
  }

  /** Runs until the signal fires, or `quit` is called; then everything is stopped and given back. */
  async run(): Promise<WatchEnd> {
    const { ground } = this.#o
    let fault = false
    try {
      this.#runners.warmUp()
      void this.#follow()
      this.runAll('start')
      for (let work = await this.#next(); work; work = await this.#next()) await this.#perform(work)
    } catch (error) {
      // A bug in the tool must not leave the stack running.
      fault = true
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#emit({ type: 'tool.fault', failure: { tag: 'tool-fault', message } })
    }
    const end = { standing: this.#book.of(this.chosen), broken: this.broken }
    await this.#files.close()
    await this.#runners.discard()
    // Were this to throw, the guardian is not dismissed: it ends everything when this process is gone.
    const leaks = await this.#stack.stop()
    await ground.guardian.close()
    return { ...end, leaks, fault }
  }

  /** Returns at once; `run` resolves when everything is stopped. */
  quit(): void {
    this.#quit.abort()
  }

  /** @param kind what to call it. */
  runAll(kind: 'start' | 'all'): void {
    this.#inbox.add({ smokes: this.chosen, daemons: [], stack: false, cause: { kind } })
  }

  /** The smokes of the last round that had any; nothing before the first. */
  runAgain(): void {
    this.#inbox.add({ smokes: this.#last, daemons: [], stack: false, cause: { kind: 'again' } })
  }

  /** Those whose last verdict is neither PASS nor SKIP, also those that never ran to their end. */
  runFailed(): void {
    const smokes = listFailing(this.#book.of(this.chosen))
    if (smokes.length === 0) this.#o.view.say('nothing has failed')
    else this.#inbox.add({ smokes, daemons: [], stack: false, cause: { kind: 'failed' } })
  }

  /** @param daemons names. One that is down stays so until a smoke needs it; the smokes that need these run again. */
  restart(daemons: readonly string[]): void {
    this.#inbox.add({ smokes: [], daemons, stack: false, cause: { kind: 'restart', daemons } })
  }

  async #next(): Promise<Work | undefined> {
    if (this.#inbox.isEmpty && !this.#stop.aborted) {
      const { size } = this.#index.files()
      const up = [...this.#stack.daemons.values()].filter(({ state }) => state !== 'down')
      this.#o.view.idle({ files: size, smokes: this.chosen.length, daemons: up.length })
    }
    return await this.#inbox.next(this.#stop)
  }

  #hear(all: readonly Changed[]): void {
    const changed = all.filter(({ path }) => !this.#greet(path))
    if (changed.length === 0) return
    const concerns = changed.flatMap(({ path }) => this.#index.lookUp(path) ?? [])
    const files = changed.map(({ path }) => path)
    this.#index.note(files)
    void this.#follow()
    this.#inbox.add({
      smokes: concerns.flatMap(({ smokes }) => smokes),
      daemons: concerns.flatMap(({ daemons }) => daemons),
      stack: concerns.some(({ stack }) => stack),
      cause: { kind: 'change', files },
      savedAt: Math.min(...changed.map(({ savedAt }) => savedAt)),
    })
  }

  /** @returns whether it is a new smoke that nothing runs yet. */
  #greet(path: string): boolean {
    const id = this.#index.findNewcomer(path)
    if (id === undefined) return false
    this.#index.forgetNewcomer(path)
    this.#o.view.say(`${basename(path)} is new: add "${id}" to the chain of the stack file to run it`)
    return this.#index.lookUp(path) === undefined
  }

  /** What comes while a round is under way has to be seen to have come. */
  #overtake(work: Work): void {
    const cut = this.#round?.overtake(work)
    if (cut !== undefined) this.#o.view.overtaken(work.cause, cut)
  }

  async #perform(work: Work): Promise<void> {
    const { view } = this.#o
    const reloaded = work.stack ? await this.#reload() : { smokes: [], daemons: [] }
    // A daemon that is down is started when a smoke needs it.
    const restarts = this.daemons.filter(
      (name) => work.daemons.includes(name) && this.#stack.daemons.get(name)?.state !== 'down',
    )
    const fresh = [...restarts, ...reloaded.daemons]
    const wanted = [...work.smokes, ...reloaded.smokes, ...this.#smokesThatNeed([...fresh, ...work.daemons])]
    const smokes = this.chosen.filter((id) => wanted.includes(id))
    if (smokes.length === 0 && fresh.length === 0) return
    view.roundStarted({ cause: work.cause, restarts: fresh, smokes })
    this.#rows = createRows()
    this.#emit(describeRound(this.#o, this.#stack.resolved.stack, smokes))
    const overtaken = await this.#runRound(smokes, restarts, fresh)
    const done = this.#rows.current().rows.filter((row) => row.class !== 'NOT RUN')
    this.#book.note(done)
    if (this.#stop.aborted) return
    if (smokes.length > 0) this.#last = smokes
    view.roundFinished({
      rows: done,
      ...(work.savedAt === undefined ? {} : { sinceSaveMs: now() - work.savedAt }),
      smokesMs: done.reduce((sum, { ms }) => sum + ms, 0),
      standing: this.#book.of(this.chosen),
      overtaken,
    })
    const left = smokes.filter((id) => done.every(({ smoke }) => smoke !== id))
    if (overtaken) this.#inbox.putBack({ ...work, stack: false, daemons: [], smokes: left })
  }

  /** @returns whether a newer change has ended it. */
  async #runRound(
    smokes: readonly string[],
    restarts: readonly string[],
    fresh: readonly string[],
  ): Promise<boolean> {
    const runner = this.#runners.take()
    const round = new Round({
      stack: this.#stack,
      runner,
      emit: this.#emit,
      stop: this.#stop,
      infos: this.#infos,
      // The whole chain runs on the whole stack; a part of it, on what that part needs.
      daemons: this.#o.chosen === undefined ? this.daemons : fresh,
    })
    this.#round = round
    try {
      await this.#stack.stopThese(restarts)
      await round.run(smokes)
      return round.overtaken
    } finally {
      this.#round = undefined
      await runner.close()
      if (!this.#stop.aborted) this.#runners.warmUp()
    }
  }

  /** @returns what of a changed stack file has to be started, and the smokes that this concerns. */
  async #reload(): Promise<{ readonly smokes: readonly string[]; readonly daemons: readonly string[] }> {
    const before = this.chosen
    const renewed = await reloadStack(this.#stack, this.#o.view)
    if (!renewed) return { smokes: [], daemons: [] }
    await this.#runners.discard()
    this.#index.use(this.#indexed)
    void this.#follow()
    const { changed, added, removed, moved } = renewed
    const fresh = this.chosen.filter((id) => moved || !before.includes(id))
    const touched = [...changed, ...added, ...removed]
    if (touched.length + fresh.length === 0) {
      this.#o.view.say('the stack file: nothing that runs is written differently')
    }
    return { smokes: [...fresh, ...this.#smokesThatNeed(touched)], daemons: [...changed, ...added] }
  }

  /** Those that need one of these daemons, directly or not. Of a smoke that was never read, nobody knows. */
  #smokesThatNeed(daemons: readonly string[]): string[] {
    const { stack } = this.#stack.resolved
    return this.chosen.filter((id) => {
      const needs = this.#infos.get(id)?.needs ?? []
      // A daemon that is no longer in the file is in no closure.
      return [...needs, ...needsClosure(stack, needs)].some((name) => daemons.includes(name))
    })
  }

  get #indexed(): IndexedStack {
    const { written, ground } = this.#o
    return { resolved: this.#stack.resolved, chosen: this.chosen, written: [...written, ground.folder] }
  }

  async #follow(): Promise<void> {
    await this.#files.follow(this.#index.files(), this.#index.globFolders())
  }
}
