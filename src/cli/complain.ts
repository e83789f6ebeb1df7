/** What is said when a command cannot even begin: on standard error, with the exit code to end with. */
import { relative } from 'node:path'
import type { NoGround } from '../chain/prepare.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import type { SmokeProblem } from '../smoke/types.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { ExitCode } from './exit-codes.ts'

/** Prints the messages. @returns `exitCode`. */
export function complain(messages: readonly string[], exitCode: number): number {
  process.stderr.write(`${messages.join('\n').trimEnd()}\n`)
  return exitCode
}

/** Prints why there is no ground to run on. @returns the exit code. */
export function complainAboutGround(error: NoGround): number {
  if (error.kind === 'diagnostics') return complain([renderDiagnostics(error.diagnostics)], ExitCode.usage)
  const { headline, detail } = renderFailure(error.failure)
  return complain([asError(headline), ...detail.map((line) => `  ${line}`)], ExitCode.notUp)
}

/** The same in one line. */
export function describeGround(error: NoGround): string {
  if (error.kind !== 'diagnostics') return renderFailure(error.failure).headline
  return error.diagnostics[0]?.message ?? 'the stack file cannot be used'
}

/** Prints what is wrong with smoke files. @returns the exit code. */
export function complainAboutSmokes(problems: readonly SmokeProblem[]): number {
  return complain(problems.map(renderProblem), ExitCode.usage)
}

export const asError = (text: string): string => `error: ${text}`

const renderProblem = (problem: SmokeProblem): string => asError(describeSmokeProblem(problem))

/** File, line, column and what is wrong. */
export function describeSmokeProblem(problem: SmokeProblem): string {
  const at = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`
  return `${relative(process.cwd(), problem.file)}${at}: ${problem.message}`
}
