/** What the smoke room offers the chain: files, descriptions and outcomes. No behaviour here. */
import type { SocketAddress } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Resources } from '../kernel/resources.ts'
import type { Result } from '../kernel/result.ts'
import type { SqlEndpoint } from '../stack/types.ts'

/** A smoke that was found, not yet read. */
export interface SmokeFile {
  readonly id: string
  /** Absolute path. */
  readonly file: string
  readonly kind: 'typescript' | 'executable'
}

/** Something wrong with a smoke's file, found before anything runs. Line and column count from 1. */
export interface SmokeProblem {
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** What a smoke says about itself. */
export interface SmokeInfo extends SmokeFile {
  /** The claim, as a sentence. */
  readonly title: string
  /** What is at stake; printed on failure. */
  readonly why?: string
  /** The daemons it may use. */
  readonly needs: readonly string[]
  /** Ids of docs/claims.toml. */
  readonly claims: readonly string[]
  readonly budgetMs: number
}

/** A daemon of the running stack, as smokes see it. Placeholders are filled in, ports are real. */
export interface DaemonDescription {
  readonly name: string
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly binds: readonly SocketAddress[]
  readonly sql: SqlEndpoint
  readonly pid?: number
}

/**
 * A run that asks which steps hold at all, on a stack where none should: a failed step does not end its smoke, and
 * nothing is waited for longer than it takes to see that it does not come.
 */
export interface Trial {
  /** Cap on `within`, milliseconds. */
  readonly waitMs: number
  /** Cap on the time-out of a request, milliseconds. */
  readonly requestMs: number
}

/** How a smoke acts on the stack; the chain carries it out. */
export interface StackControls {
  restart(name: string, o: { signal?: NodeJS.Signals }): Promise<Result<void, Failure>>
  stop(name: string, o: { signal?: NodeJS.Signals }): Promise<Result<void, Failure>>
  start(name: string): Promise<Result<void, Failure>>
}

export interface SmokeOutcome {
  readonly verdict: 'PASS' | 'FAIL' | 'SKIP'
  /** Empty unless FAIL; empty and FAIL only when the run was aborted. */
  readonly failures: Failure[]
  readonly steps: number
  readonly expectations: number
  /** Why it was skipped, or "interrupted". */
  readonly reason?: string
  /** What its own process used, with whatever it started. */
  readonly own?: Resources
}

export interface SmokeRunner {
  /** Reads every file; all problems in one go. */
  describe(files: readonly SmokeFile[]): Promise<Result<SmokeInfo[], SmokeProblem[]>>
  /** Runs one smoke. Emits `step.started` and `step.finished`. Never throws, whatever the smoke does. */
  run(info: SmokeInfo, o: { signal: AbortSignal }): Promise<SmokeOutcome>
  /** Starts what smokes will run in, so that they need not wait for it. */
  warmUp(): void
  /** Ends the smoke host and everything it left. */
  close(): Promise<void>
}
