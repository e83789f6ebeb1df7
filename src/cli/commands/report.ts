/** `smokechain report`: the page of a run. */
import { relative, resolve } from 'node:path'
import { openFile } from '../../host/open-file.ts'
import { messageOf } from '../../kernel/errno.ts'
import { findRun } from '../../page/find-run.ts'
import { writeReport } from '../../page/report.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { findObstacle } from '../reporters/requests.ts'
import { writeOutput } from '../reporters/write-output.ts'

export interface ReportCommandOptions {
  readonly compare?: string
  readonly output?: string
  readonly open?: boolean
  /** Folder of run directories. */
  readonly logs: string
}

/** Runs the command. @returns the exit code. */
export async function report(named: string, options: ReportCommandOptions): Promise<number> {
  const cwd = process.cwd()
  const logs = resolve(options.logs)
  const dir = findRun(named, logs, cwd)
  const earlier = options.compare === undefined ? undefined : findRun(options.compare, logs, cwd)
  const mistakes = [dir, earlier].flatMap((found) =>
    found === undefined || found.ok ? [] : [asError(found.error)],
  )
  if (!dir.ok || earlier?.ok === false) return complain(mistakes, ExitCode.usage)
  const output = options.output === undefined ? undefined : resolve(options.output)
  const obstacle = output === undefined ? undefined : findObstacle(output)
  if (obstacle !== undefined) {
    return complain([asError(`the page cannot be written to ${options.output}: ${obstacle}`)], ExitCode.usage)
  }
  let file: string
  try {
    file = await writeReport({
      dir: dir.value,
      ...(earlier && { earlier: earlier.value }),
      ...(output !== undefined && { elsewhere: { file: output, write: writeOutput } }),
    })
  } catch (error) {
    const hint = output === undefined && isUnwritable(error) ? '; --output FILE puts it elsewhere' : ''
    return complain([asError(`there is no report: ${messageOf(error)}${hint}`)], ExitCode.toolFault)
  }
  const shown = relative(cwd, file)
  process.stdout.write(`${shown.startsWith('..') ? file : shown}\n`)
  const unopened = options.open ? await openFile(file) : undefined
  return unopened === undefined
    ? ExitCode.ok
    : complain([asError(`not opened: ${unopened}`)], ExitCode.failed)
}

/** The run directory may be somebody else's. */
const isUnwritable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:EACCES|EPERM|EROFS)$/.test(String(error.code))
