/** The options of `smokechain verify`, as the command line gives them. */
export interface VerifyOptions {
  /** Absent: `stacks/dev.toml`; with `attach`, `stacks/persistent.toml`. */
  readonly stack?: string
  /** Run on the stack that is up. */
  readonly attach?: boolean
  readonly only?: readonly string[]
  readonly from?: string
  readonly bail?: boolean
  readonly json?: boolean
  readonly verbose?: boolean
  readonly timing?: boolean
  /** Folder of run directories and receipts. */
  readonly logs?: string
}
