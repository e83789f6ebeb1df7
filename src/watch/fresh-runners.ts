/** A runner of smokes for each round, its process started in advance: it has loaded no smoke, so nothing stale is in it. */
import type { Ground } from '../chain/prepare.ts'
import type { Emit } from '../kernel/event.ts'
import { createSmokeRunner, type SmokeRunner } from '../smoke/runner.ts'
import type { WatchedStack } from './watched-stack.ts'

export interface FreshRunnersOptions {
  readonly ground: Ground
  readonly stack: WatchedStack
  readonly emit: Emit
  /** Takes `smokes/`. */
  readonly dir: string
}

/** At most one is there in advance. `discard` is called when the stack file was read again, and in the end. */
export class FreshRunners {
  readonly #o: FreshRunnersOptions
  #next: SmokeRunner | undefined

  constructor(o: FreshRunnersOptions) {
    this.#o = o
  }

  /** Does nothing when one is there already. */
  warmUp(): void {
    this.#next ??= this.#create()
    this.#next.warmUp()
  }

  /** The one that is ready; whoever takes it closes it. */
  take(): SmokeRunner {
    const runner = this.#next ?? this.#create()
    this.#next = undefined
    return runner
  }

  /** Ends the one that was started in advance: it knows the secrets of that moment. */
  async discard(): Promise<void> {
    const runner = this.#next
    this.#next = undefined
    await runner?.close()
  }

  #create(): SmokeRunner {
    const { ground, stack, emit, dir } = this.#o
    const { resolved } = stack
    return createSmokeRunner({
      run: { id: ground.id, marker: ground.marker, dir, dataDir: ground.dataDir },
      guardian: ground.guardian,
      emit,
      daemons: () => [...stack.resolved.daemons.values()],
      controls: stack.crew.controls,
      secrets: resolved.secrets,
      root: resolved.stack.root,
    })
  }
}
