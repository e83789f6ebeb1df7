/** What is to be done next. Whatever comes while something is done is put together: newest wins. */
import type { Cause } from './view.ts'

export interface Work {
  readonly smokes: readonly string[]
  /** To be restarted. */
  readonly daemons: readonly string[]
  /** The stack file has changed. */
  readonly stack: boolean
  readonly cause: Cause
  /** The first save that it answers, milliseconds of `now()`. */
  readonly savedAt?: number
}

/** For one reader: `next` gives all there is, once, and must not be awaited twice at a time. */
export class Inbox {
  #work: Work | undefined
  #arrived = Promise.withResolvers<void>()
  readonly #onWork: (work: Work) => void

  /** @param onWork hears of each piece as it comes. */
  constructor(onWork: (work: Work) => void) {
    this.#onWork = onWork
  }

  get isEmpty(): boolean {
    return this.#work === undefined
  }

  /** Put together with what is there. `onWork` hears of this piece alone. */
  add(work: Work): void {
    this.#work = this.#work ? merge(this.#work, work) : work
    this.#arrived.resolve()
    this.#onWork(work)
  }

  /** What a newer change has kept from being done: goes with that, and under its name. */
  putBack(work: Work): void {
    const newer = this.#work
    this.#work = newer ? { ...merge(newer, work), cause: newer.cause } : work
    this.#arrived.resolve()
  }

  /** All there is to do, as soon as there is something; undefined when the signal fires. */
  async next(signal: AbortSignal): Promise<Work | undefined> {
    const aborted = Promise.withResolvers<void>()
    const onAbort = (): void => aborted.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    if (!signal.aborted) await Promise.race([this.#arrived.promise, aborted.promise])
    signal.removeEventListener('abort', onAbort)
    if (signal.aborted) return undefined
    const work = this.#work
    this.#work = undefined
    this.#arrived = Promise.withResolvers()
    return work
  }
}

/** Both at once. Of causes a change is told before a key, since it is what the eye looks for. */
function merge(one: Work, other: Work): Work {
  const saves = [one.savedAt, other.savedAt].filter((at) => at !== undefined)
  return {
    smokes: [...new Set([...one.smokes, ...other.smokes])],
    daemons: [...new Set([...one.daemons, ...other.daemons])],
    stack: one.stack || other.stack,
    cause: mergeCauses(one.cause, other.cause),
    ...(saves.length === 0 ? {} : { savedAt: Math.min(...saves) }),
  }
}

function mergeCauses(one: Cause, other: Cause): Cause {
  if (one.kind === 'change' && other.kind === 'change') {
    return { kind: 'change', files: [...new Set([...one.files, ...other.files])] }
  }
  return one.kind === 'change' ? one : other
}
