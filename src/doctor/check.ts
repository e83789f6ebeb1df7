/** What a check is, and what it is told. A check reads; it changes nothing and prints nothing. */
import type { Diagnostic } from '../stack/diagnostic.ts'
import type { Stack } from '../stack/types.ts'
import type { Finding } from './finding.ts'
import type { DeadSupervisor, RunningStack } from './running-stack.ts'
import type { System } from './system.ts'

/** The groups, in the order in which a broken one would explain the next. */
export const GROUPS = [
  'tools',
  'stack',
  'machine',
  'leftovers',
  'addresses',
  'daemons',
  's3',
  'last-run',
  'hook',
] as const
export type Group = (typeof GROUPS)[number]

export interface CheckContext {
  /** The stack file, absolute. */
  readonly file: string
  /** Undefined: the file is broken, and `diagnostics` says how. */
  readonly stack: Stack | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Folder of the project; of a broken file as far as it can be told. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly system: System
  /** How a person calls a verb of the tool here: `verb('verify')` → `npx -y rust-just verify --stack minio`. */
  verb(name: string): string
  /** The stack that `up` keeps running from this file, if any. Asked once for all checks. */
  runningStack(): Promise<RunningStack | undefined>
  /** The supervisor of this stack that was killed, if its lease still lies there. */
  deadSupervisor(): DeadSupervisor | undefined
  /** Aborted at the check's deadline. */
  readonly signal: AbortSignal
}

export interface Check {
  /** Unique; what a person types. */
  readonly id: string
  readonly group: Group
  /** What it looks at, in a few words, for `--list`. */
  readonly title: string
  /** Milliseconds; then it counts as could-not-check. */
  readonly deadlineMs: number
  /** What it throws is told as a failure of the check itself. */
  run(context: CheckContext): Finding[] | Promise<Finding[]>
}
