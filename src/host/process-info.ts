/** What is known of one process. */

/** `startTime` is opaque (letters, digits and dots); with the pid it is unique, so a reused pid is never mistaken. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: string
}

export interface ProcessInfo extends ProcessIdentity {
  readonly ppid: number
  readonly pgid: number
  readonly sid: number
  /** One letter, as ps(1) shows it. */
  readonly state: string
}
