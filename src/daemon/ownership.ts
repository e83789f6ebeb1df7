/**
 * Whose sockets are these? A daemon is ready only when every declared socket listens and is held by its own
 * process family, nobody else listens on the same ports, and nothing of it can be reached from outside.
 *
 * The common case is told from the table of listeners and the descriptors of one process; the whole family is
 * looked through only when that leaves a question open.
 */
import { surveySockets } from '../host/ownership.ts'
import type { FamilyQuery } from '../host/process-table.ts'
import { formatAddress, holdersOf, inodesOf, isLoopback, type Listener } from '../host/sockets.ts'
import { now } from '../kernel/clock.ts'
import type { Ownership } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { type ListenerTable, listenerTable, reaches } from '../readiness/listeners.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { BindSpec } from '../stack/types.ts'

export type SocketVerdict =
  | { readonly kind: 'held'; readonly ownership: Ownership }
  /** Not yet: what is lacking, in sentences. */
  | { readonly kind: 'lacking'; readonly lacking: readonly string[] }
  /** Waiting cannot mend it. */
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Watches over the sockets of one incarnation of a daemon. */
export class SocketOwnership {
  readonly #spec: ResolvedDaemon
  readonly #family: FamilyQuery & { readonly pid: number }
  readonly #table: ListenerTable
  readonly #onOwn: (listener: Listener) => void
  /** Sockets known to be the daemon's. */
  readonly #own = new Set<string>()
  /** Sockets off loopback known to be somebody else's: those from before the spawn, and those looked into since. */
  readonly #others: Set<string>

  /**
   * @param before inodes of the sockets that listened before the spawn, from `listeningInodes`.
   * @param o.onOwn called with each socket that is found to be the daemon's.
   */
  constructor(
    spec: ResolvedDaemon,
    family: FamilyQuery & { readonly pid: number },
    before: ReadonlySet<string>,
    o: { readonly table?: ListenerTable; readonly onOwn?: (listener: Listener) => void } = {},
  ) {
    this.#spec = spec
    this.#family = family
    this.#others = new Set(before)
    this.#table = o.table ?? listenerTable
    this.#onOwn = o.onOwn ?? (() => undefined)
  }

  /**
   * @param since the table of listeners must be of this `now()` or later; without it, one that is some milliseconds
   *   old may do.
   * A system that does not tell who listens gives `held` with ownership `unknown`.
   */
  check(since?: number): SocketVerdict {
    const table = since === undefined ? this.#table.recent() : this.#table.fresh(since)
    const { binds, expose } = this.#spec
    if (table === undefined) return { kind: 'held', ownership: binds.length === 0 ? 'no-socket' : 'unknown' }

    const onPorts = this.#declaredPorts().flatMap((port) => table.get(port) ?? [])
    const strays = expose ? [] : [...table.values()].flat().filter((listener) => this.#isStray(listener))
    const open = [...onPorts, ...strays].filter((listener) => !this.#own.has(listener.inode))
    if (open.length > 0) {
      const verdict = this.#attribute(open)
      if (verdict) return verdict
    }
    const held = onPorts.filter((listener) => this.#own.has(listener.inode))
    const unsure = onPorts.length > held.length
    const missing = binds.filter(
      (bind) => !(unsure ? onPorts : held).some((l) => reaches(l, bind.host, bind.port)),
    )
    if (missing.length > 0) return { kind: 'lacking', lacking: missing.map(describeMissing) }
    return { kind: 'held', ownership: binds.length === 0 ? 'no-socket' : unsure ? 'unknown' : 'proven' }
  }

  /** What is lacking at the deadline, and where the daemon listens instead. */
  describeLacking(): string[] {
    const verdict = this.check(now())
    if (verdict.kind !== 'lacking') return []
    const own = surveySockets(this.#family, [])?.own ?? []
    const elsewhere = own
      .filter((l) => !this.#spec.binds.some((bind) => reaches(l, bind.host, bind.port)))
      .map((l) => formatAddress(l.host, l.port))
    if (elsewhere.length === 0) return [...verdict.lacking]
    return verdict.lacking.map((what) => `${what}; the daemon listens on ${elsewhere.join(', ')} instead`)
  }

  /** Somebody outside the family who listens on a declared port; for a daemon that has ended. */
  findForeign(): { readonly address: string; readonly port: number } | undefined {
    const foreign = surveySockets(this.#family, this.#declaredPorts())?.foreign[0]
    return foreign && { address: formatAddress(foreign.host, foreign.port), port: foreign.port }
  }

  #declaredPorts(): number[] {
    return [...new Set(this.#spec.binds.map((bind) => bind.port))]
  }

  #isStray(listener: Listener): boolean {
    return !isLoopback(listener.host) && !this.#others.has(listener.inode)
  }

  /** Finds the owner of sockets not seen before; a verdict when one of them must not be. */
  #attribute(open: readonly Listener[]): SocketVerdict | undefined {
    const leaders = inodesOf([this.#family.pid])
    if (open.every((listener) => leaders.has(listener.inode))) {
      return this.#accept(open)
    }
    const survey = surveySockets(this.#family, this.#declaredPorts())
    // The system stopped telling between two looks: nothing is proven, and nothing refuted.
    if (!survey) return undefined
    const [foreign] = survey.foreign
    if (
      foreign &&
      !this.#mayBeHidden(
        survey.family.map((p) => p.pid),
        foreign.port,
      )
    ) {
      return {
        kind: 'failed',
        failure: {
          tag: 'foreign-listener',
          daemon: this.#spec.name,
          address: formatAddress(foreign.host, foreign.port),
          holders: this.#foreignHolders(foreign.port, new Set(survey.family.map((p) => p.pid))),
        },
      }
    }
    const own = new Set(survey.own.map((listener) => listener.inode))
    for (const { inode } of open) if (!own.has(inode)) this.#others.add(inode)
    return this.#accept(survey.own)
  }

  #accept(own: readonly Listener[]): SocketVerdict | undefined {
    for (const listener of own) {
      if (this.#own.has(listener.inode)) continue
      this.#own.add(listener.inode)
      this.#onOwn(listener)
    }
    const exposed = this.#spec.expose ? [] : own.filter((listener) => !isLoopback(listener.host))
    if (exposed.length === 0) return undefined
    const addresses = [...new Set(exposed.map((listener) => formatAddress(listener.host, listener.port)))]
    return { kind: 'failed', failure: { tag: 'exposed', daemon: this.#spec.name, addresses } }
  }

  /**
   * Could the socket be held by a process of the family that we may not look into (it changed its user)? Its
   * descriptors are then hidden, so that it seems to hold none, and so is the holder of the socket.
   */
  #mayBeHidden(family: readonly number[], port: number): boolean {
    const closed = family.some((pid) => inodesOf([pid]).size === 0)
    return closed && holdersOf(port).some((holder) => holder.pid === 0)
  }

  #foreignHolders(port: number, family: ReadonlySet<number>) {
    return holdersOf(port).filter((holder) => !family.has(holder.pid))
  }
}

/** Inodes of all sockets that listen at this moment. */
export function listeningInodes(table: ListenerTable = listenerTable): ReadonlySet<string> {
  return new Set([...(table.recent() ?? []).values()].flat().map((listener) => listener.inode))
}

function describeMissing(bind: BindSpec): string {
  return `nothing listens on ${formatAddress(bind.host, bind.port)}`
}
