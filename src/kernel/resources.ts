/** What processes have used. A figure that the system does not tell is absent, never 0. */
import type { Failure } from './failure.ts'

/** Of a whole process tree, over a stretch of time: one smoke, or the run. */
export interface Resources {
  /** User and system time, of processes that have ended too; in the kernel's steps of 10 ms. */
  readonly cpuSeconds?: number
  /** The largest sum of resident sets that was seen, or the largest that one of its processes had between two looks. */
  readonly peakRssBytes?: number
  /** The most that were seen at once. */
  readonly threads?: number
  /** The most open files, sockets and pipes that were seen at once. */
  readonly fds?: number
  /** Written to stdout and stderr. */
  readonly loggedBytes?: number
}

/** What a daemon used while a smoke ran. */
export interface Use {
  readonly resources: Resources
  /** It was more than its budget. */
  readonly excess?: Failure
}

/** What one smoke used, and each daemon while it ran. */
export interface SmokeResources {
  /** The smoke's own process with whatever it started. */
  readonly own?: Resources
  readonly daemons: { readonly [daemon: string]: Resources }
  /**
   * Share of the machine's cores that went neither to this run nor to nobody, 0 to 1: to others, to waiting for a disk,
   * or to the neighbours of a virtual machine. What of the run is not in the figures above counts as others.
   */
  readonly others?: number
}

/** The budgets of a daemon. */
export interface Limits {
  readonly maxRssBytes?: number
  /** CPU time while one smoke runs. */
  readonly maxCpuMs?: number
  readonly maxFds?: number
}
