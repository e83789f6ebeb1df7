/** The exit codes (docs/exit-codes.md). The verdict has its own by the same table; these are for the rest. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  notUp: 3,
  nothingToRun: 4,
  toolFault: 70,
} as const
