/** `smokechain parity`: wires the comparison to whoever boots daemons, and writes the reports. The work is in src/parity. */
import { join, resolve } from 'node:path'
import { lendDaemons } from '../../chain/lend.ts'
import { messageOf } from '../../kernel/errno.ts'
import { createLender } from '../../parity/lender.ts'
import { renderParityMarkdown } from '../../parity/render-markdown.ts'
import { renderParityText } from '../../parity/render-text.ts'
import { runParity } from '../../parity/run.ts'
import type { LendDaemons } from '../../parity/run-types.ts'
import type { ParityReport } from '../../parity/types.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { type ParityFormat, type ParityOutput, readOutputs } from '../parity-reports.ts'
import { openProofDirectory, type ProofDirectory } from '../proof-directory.ts'
import { createPaint, wantsColor } from '../render/paint.ts'
import { createSink } from '../render/sink.ts'
import { writeOutput } from '../reporters/write-output.ts'
import { type Interrupts, watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'

export interface ParityCommandOptions {
  readonly left?: string
  readonly right?: string
  readonly stack?: string
  readonly gaps?: string
  readonly only?: readonly string[]
  readonly reporter?: readonly string[]
  readonly json?: boolean
}

/** Runs the command. @returns the exit code. */
export async function parity(cases: string, options: ParityCommandOptions): Promise<number> {
  const outputs = readOutputs(options.reporter ?? [], options.json ?? false)
  if (!outputs.ok) return complain(outputs.error.map(asError), ExitCode.usage)
  const { left, right, only } = options
  const interrupts = watchSignals()
  let interruptedBy: ParityReport['interrupted']
  interrupts.onFirst((signal) => {
    interruptedBy = signal
  })
  const logs: LogKeeper = { directory: undefined }
  try {
    const done = await runParity({
      cases,
      ...(left === undefined ? {} : { left }),
      ...(right === undefined ? {} : { right }),
      ...(only === undefined ? {} : { only }),
      ...(options.stack === undefined ? {} : { stack: findStackFile(options.stack, process.cwd()) }),
      ...(options.gaps === undefined ? {} : { gaps: resolve(options.gaps) }),
      env: process.env,
      signal: interrupts.stop,
      interruptedBy: () => interruptedBy,
      lend: createOwnLender(interrupts, logs),
      onCase: ({ name }, { done, total }) => showProgress(`${done} of ${total}: ${name}`),
    })
    showProgress('')
    if (!done.ok) {
      logs.directory?.discard()
      return complain(done.error.messages, done.error.exitCode)
    }
    return await writeReports(done.value, outputs.value, logs)
  } finally {
    interrupts.dispose()
  }
}

/** One line on a terminal, written over by the next; an empty one takes it away. */
function showProgress(text: string): void {
  const { isTTY, columns = 80 } = process.stderr
  if (isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, columns - 1)}`)
}

export interface LogKeeper {
  /** Made for the daemons that are lent; whoever asks for them keeps or discards it. */
  directory: ProofDirectory | undefined
}

/** Boots the sides from a stack file, under the project's logs. */
export function createOwnLender(signals: Interrupts, logs: LogKeeper): LendDaemons {
  return createLender(async (stack, daemons, use) => {
    const directory = openProofDirectory(join(stack.root, 'logs'), 'parity')
    logs.directory = directory
    return await lendDaemons(
      { stack, daemons, id: directory.id, dir: directory.path, env: process.env, signals },
      use,
    )
  })
}

async function writeReports(
  report: ParityReport,
  outputs: readonly ParityOutput[],
  { directory }: LogKeeper,
): Promise<number> {
  const lost: string[] = []
  for (const { format, file } of outputs) {
    if (file === undefined) await print(report, format)
    else {
      const fault = writeReport(resolve(file), render(report, format, 80))
      if (fault !== undefined) lost.push(asError(`${file} could not be written: ${fault}`))
    }
  }
  // Logs are evidence where something is wrong with the daemons themselves.
  if (report.troubles.length > 0 && directory) process.stderr.write(`logs: ${directory.path}\n`)
  else directory?.discard()
  return lost.length > 0 ? complain(lost, ExitCode.toolFault) : report.exitCode
}

async function print(report: ParityReport, format: ParityFormat): Promise<void> {
  const sink = createSink(process.stdout)
  if (format === 'text') {
    const paint = createPaint(wantsColor(process.stdout, process.env))
    const columns = process.stdout.isTTY ? process.stdout.columns : 100
    for (const line of renderParityText(report, paint, columns)) sink.line(line)
  } else sink.write(render(report, format, 80))
  await sink.drain()
}

function render(report: ParityReport, format: ParityFormat, columns: number): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`
  if (format === 'markdown') return renderParityMarkdown(report)
  return `${renderParityText(report, createPaint(false), columns).join('\n')}\n`
}

/** @returns why not. */
function writeReport(file: string, text: string): string | undefined {
  try {
    writeOutput(file, text)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
