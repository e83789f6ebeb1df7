/** The options of `smokechain verify`, as the command line gives them, and what they mean. */
import type { RepeatLimits } from '../../history/repeat.ts'

export interface VerifyOptions {
  /** Absent: `stacks/dev.toml`; with `attach`, `stacks/persistent.toml`. */
  readonly stack?: string
  /** Run on the stack that is up. */
  readonly attach?: boolean
  readonly only?: readonly string[]
  readonly from?: string
  readonly bail?: boolean
  /** The same as the reporter `json`. */
  readonly json?: boolean
  /** Each `NAME` or `NAME=FILE`. */
  readonly reporter?: readonly string[]
  readonly verbose?: boolean
  readonly timing?: boolean
  /** A smoke that is slower than its own history fails. */
  readonly failOnSlow?: boolean
  /** So many runs in a row. */
  readonly repeat?: number
  /** Runs until the first that is red. */
  readonly untilFail?: boolean
  /** Runs for so many seconds, with the cores kept busy. */
  readonly stress?: number
  /** Folder of run directories and receipts. */
  readonly logs?: string
}

/** Absent: one run, as ever. */
export function repeatLimitsOf({ repeat, untilFail, stress }: VerifyOptions): RepeatLimits | undefined {
  if (repeat === undefined && !untilFail && stress === undefined) return undefined
  return {
    ...(repeat !== undefined && { runs: repeat }),
    untilRed: untilFail ?? false,
    ...(stress !== undefined && { forMs: stress * 1_000 }),
  }
}

/** The stack file, as it is to be looked for. */
export function stackOf({ stack, attach }: VerifyOptions): string {
  return stack ?? (attach ? 'stacks/persistent.toml' : 'stacks/dev.toml')
}
