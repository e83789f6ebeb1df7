/**
 * What a run's daemons had that no other process can come to hold by chance: the sockets that their output goes
 * through, and those that they listen on. Whoever still holds one when their families are gone has escaped from them.
 */
import type { Guardian } from './guardian.ts'

/** A socket, and whose it was first. */
export interface SocketTrace {
  readonly inode: string
  /** Start time of the process that had it first: whoever is older has not got it by inheritance. */
  readonly since: string
}

export interface Belonging extends SocketTrace {
  /** The daemon. */
  readonly owner: string
  /** Where it listens; absent: output goes through it. */
  readonly address?: string
}

/** The guardian is told of each, for the tool may be killed at any moment. */
export class Belongings {
  readonly #guardian: Pick<Guardian, 'watchSocket' | 'unwatchSocket'>
  readonly #all = new Map<string, Belonging>()

  constructor(guardian: Pick<Guardian, 'watchSocket' | 'unwatchSocket'>) {
    this.#guardian = guardian
  }

  /** Of one that is known already, the first word stays. */
  add(belonging: Belonging): void {
    if (this.#all.has(belonging.inode)) return
    this.#all.set(belonging.inode, belonging)
    this.#guardian.watchSocket(belonging.inode)
  }

  /** Nobody holds it any more: the kernel may give its number to somebody else from then on. */
  drop(inode: string): void {
    if (this.#all.delete(inode)) this.#guardian.unwatchSocket(inode)
  }

  /**
   * Drops those sockets of a daemon that is down where nobody listens any more.
   *
   * @param listening inodes of the sockets that listen.
   */
  dropClosed(owner: string, listening: ReadonlySet<string>): void {
    for (const { inode, owner: whose, address } of this.#all.values()) {
      if (whose === owner && address !== undefined && !listening.has(inode)) this.drop(inode)
    }
  }

  list(): readonly Belonging[] {
    return [...this.#all.values()]
  }
}
