/** The reports of one run: those in files, then the one on standard output. What none asks for is not loaded. */
import type { Failure } from '../../kernel/failure.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import type { ReportFiles } from './files.ts'
import type { ReportSource } from './formats.ts'
import { findPrinted, type ReportRequest } from './requests.ts'

export interface Reports {
  /** Writes the files, before the ledger; again when something was lost later. See `ReportFiles`. */
  write(lose: (failure: Failure) => void): Promise<void>
  /** Prints the one for standard output. @returns the exit code to end with, which is `exitCode` when all is well. */
  print(exitCode: number): Promise<number>
}

/** @param source what they are made from, at the time when it is asked. */
export function createReports(requests: readonly ReportRequest[], source: () => ReportSource): Reports {
  const printed = findPrinted(requests)
  let files: ReportFiles | undefined
  return {
    async write(lose) {
      if (requests.length === 0) return
      const { createReportFiles } = await import('./files.ts')
      files ??= createReportFiles(requests, source().env)
      await files.write(source, lose)
    },
    async print(exitCode) {
      if (printed === undefined) return exitCode
      const { printReport } = await import('./print.ts')
      const lost = await printReport(printed, source(), process.stdout)
      if (lost === undefined) return exitCode
      return complain([asError(`cannot print the report ${printed.name}: ${lost}`)], ExitCode.toolFault)
    },
  }
}
