/**
 * CPU time of a process family as a sum that never loses what somebody has used who is gone. The kernel adds a child's
 * time to the parent that waits for it; of a child that nobody waited for (its parent had gone before), only what was
 * last seen is known, and is kept here.
 */

export interface CpuTicks {
  readonly ownTicks: number
  /** Of children it has waited for. */
  readonly childTicks: number
}

/** Of one family, from its first process on. Ticks are whatever unit it is given; the total never falls. */
export class CpuAccount {
  #last: ReadonlyMap<number, CpuTicks> = new Map()
  #orphaned = 0
  #total = 0

  /** Of all members until now, in ticks. */
  get total(): number {
    return this.#total
  }

  /** @param members by PID, each of those that are there now. */
  update(members: ReadonlyMap<number, CpuTicks>): number {
    let gone = 0
    let inherited = 0
    for (const [pid, before] of this.#last) {
      const after = members.get(pid)
      if (after) inherited += after.childTicks - before.childTicks
      else gone += before.ownTicks + before.childTicks
    }
    // Children that were never seen may have been waited for as well: then a little of an orphan's time is missed.
    this.#orphaned += Math.max(0, gone - inherited)
    let living = 0
    for (const { ownTicks, childTicks } of members.values()) living += ownTicks + childTicks
    this.#total = Math.max(this.#total, living + this.#orphaned)
    this.#last = new Map(members)
    return this.#total
  }
}
