/** `smokechain history`: what the runs so far tell together, or what became of one smoke. */
import { resolve } from 'node:path'
import { askHistory } from '../../history/ask.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { renderHistory } from '../render/history.ts'
import { createPaint, wantsColor } from '../render/paint.ts'

export interface HistoryOptions {
  readonly stack?: string
  readonly last: number
  readonly json?: boolean
  /** Folder of run directories. */
  readonly logs: string
}

/** Runs the command. @returns the exit code. */
export function history(smoke: string | undefined, options: HistoryOptions): number {
  const { stack, last, logs, json } = options
  const answer = askHistory(resolve(logs), {
    last,
    ...(stack !== undefined && { stack }),
    ...(smoke !== undefined && { smoke }),
  })
  if (!answer.ok) {
    const { fault, message } = answer.error
    return complain([asError(message)], fault === 'asked' ? ExitCode.usage : ExitCode.toolFault)
  }
  for (const warning of answer.value.warnings) process.stderr.write(`warning: ${oneLine(warning, 1_000)}\n`)
  const paint = createPaint(wantsColor(process.stdout, process.env))
  const text = json ? JSON.stringify(answer.value, null, 2) : renderHistory(answer.value, paint).join('\n')
  process.stdout.write(`${text}\n`)
  return answer.value.runs.length === 0 ? ExitCode.nothingToRun : ExitCode.ok
}
