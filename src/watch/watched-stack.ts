/** The daemons of a stack that is worked on: started when a smoke needs them, restarted when they change. */
import { join } from 'node:path'
import { createControls } from '../chain/controls.ts'
import type { Crew } from '../chain/crew.ts'
import { stopOn } from '../chain/end-ground.ts'
import { createOwnSockets } from '../chain/own-sockets.ts'
import type { Ground, NoGround } from '../chain/prepare.ts'
import { stopDaemons } from '../chain/stop.ts'
import { Daemon } from '../daemon/daemon.ts'
import type { Emit, Event } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { ok, type Result } from '../kernel/result.ts'
import type { ResolvedDaemon, ResolvedStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import { bringUp } from './bring-up.ts'

const SAMPLE_EVERY_MS = 1_000

export interface WatchedStackOptions {
  readonly ground: Ground
  /** Takes `<daemon>.log`. */
  readonly logsDir: string
  readonly emit: Emit
  /** Fires when all is to end: from then on nothing is started. */
  readonly stop: AbortSignal
  readonly kill: AbortSignal
}

/** What a changed stack file means for the daemons, by name. */
export interface Reloaded {
  /** Written differently now; stopped. */
  readonly changed: readonly string[]
  readonly added: readonly string[]
  /** No longer in the file; stopped. */
  readonly removed: readonly string[]
}

/**
 * Starts nothing by itself. `stop` ends every daemon and gives the ground's ports and folder back; the guardian is
 * the caller's to close. What `crew` boots and stops is nothing: daemons outlive a round.
 */
export class WatchedStack {
  readonly #o: WatchedStackOptions
  readonly #daemons = new Map<string, Daemon>()
  readonly #sockets = createOwnSockets()
  #resolved: ResolvedStack
  /** The smoke that is running, to whom a death is attributed. */
  current: string | null = null

  constructor(o: WatchedStackOptions) {
    this.#o = o
    this.#resolved = o.ground.resolved
    for (const spec of this.#resolved.daemons.values()) this.#add(spec)
  }

  /** As the file was when it was last taken. */
  get resolved(): ResolvedStack {
    return this.#resolved
  }

  get daemons(): ReadonlyMap<string, Daemon> {
    return this.#daemons
  }

  /** Hears every event. */
  note(event: Event): void {
    this.#sockets.note(event)
  }

  /** As the smokes' chain sees it. */
  get crew(): Crew {
    return {
      daemons: this.#daemons,
      controls: createControls(this.#daemons, this.#o.stop),
      boot: () => Promise.resolve(true),
      settle: () => Promise.resolve(),
      note: () => undefined,
      stop: () => Promise.resolve([]),
    }
  }

  /** Daemons that are not to be trusted: they have died, or could not be started. */
  listBroken(): string[] {
    return [...this.#daemons.values()]
      .filter(({ state }) => state === 'dead' || state === 'failed')
      .map(({ name }) => name)
  }

  /** Starts those of these that are down, as far as they can be started. */
  async bringUp(names: readonly string[]): Promise<void> {
    await bringUp(this.#daemons, names, this.#o.stop)
  }

  /** Stops these in the order of needs; `bringUp` starts them again. */
  async stopThese(names: readonly string[]): Promise<void> {
    const these = new Map([...this.#daemons].filter(([name]) => names.includes(name)))
    await stopDaemons(these, this.#o.kill)
  }

  /** Takes the file as it is written now. What differs is stopped, what is new is there to be started. */
  async reload(stack: Stack): Promise<Result<Reloaded, NoGround>> {
    const before = this.#resolved
    const resolved = await this.#o.ground.resolveAgain(stack)
    if (!resolved.ok) return resolved
    const after = resolved.value
    const reads = (spec: ResolvedDaemon): boolean =>
      before.configText !== after.configText && readsConfig(spec, join(this.#o.ground.folder, 'config.toml'))
    const changed = [...after.daemons.values()].filter((spec) => {
      const old = before.daemons.get(spec.name)
      return old !== undefined && (reads(spec) || written(old) !== written(spec))
    })
    const added = [...after.daemons.values()].filter(({ name }) => !before.daemons.has(name))
    const removed = [...before.daemons.keys()].filter((name) => !after.daemons.has(name))
    await this.stopThese([...changed.map(({ name }) => name), ...removed])
    this.#resolved = after
    for (const name of removed) this.#daemons.delete(name)
    for (const spec of [...changed, ...added]) this.#add(spec)
    const names = (specs: readonly ResolvedDaemon[]): string[] => specs.map(({ name }) => name)
    return ok({ changed: names(changed), added: names(added), removed })
  }

  /** Stops everything, in the order of needs, and looks for what is left. */
  async stop(): Promise<readonly Failure[]> {
    const { ground, emit, kill } = this.#o
    return await stopOn(ground, emit, async () => {
      await stopDaemons(this.#daemons, kill)
      return this.#sockets.list(this.#resolved.daemons.values())
    })
  }

  #add(spec: ResolvedDaemon): void {
    const { ground, logsDir, emit } = this.#o
    const daemon = new Daemon(spec, {
      run: { id: ground.id, marker: ground.marker, logsDir },
      guardian: ground.guardian,
      belongings: ground.belongings,
      emit,
      currentSmoke: () => this.current,
      secrets: this.#resolved.secrets,
      sampleEveryMs: SAMPLE_EVERY_MS,
    })
    this.#daemons.set(spec.name, daemon)
  }
}

/** Which files are watched is none of a running daemon's business. */
const written = (spec: ResolvedDaemon): string => JSON.stringify({ ...spec, watch: [] })

function readsConfig({ command, env }: ResolvedDaemon, path: string): boolean {
  return [...command, ...Object.values(env)].some((text) => text.includes(path))
}
