/** `smokechain logs NAME`: the last lines of a daemon's log, of a stack that is up or of its last `up`. */

import { listLogs, readLogTail } from '../../operate/logs.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'
import { findLiveStack, findPlace, type StackOption } from '../operate-stack.ts'
import { createSink } from '../render/sink.ts'

export interface LogsOptions extends StackOption {
  readonly follow?: boolean
  readonly lines: number
}

/** Runs the command. @returns the exit code. */
export async function logs(daemon: string, options: LogsOptions): Promise<number> {
  return options.follow ? await follow(daemon, options) : await show(daemon, options)
}

async function show(daemon: string, options: LogsOptions): Promise<number> {
  const place = findPlace(options)
  if (!place.ok) return place.error
  const known = listLogs(place.value)
  const path = known.get(daemon)
  if (path === undefined) {
    const message =
      known.size === 0
        ? 'the stack has never been up: there are no logs'
        : unknownName('log', daemon, [...known.keys()])
    return complain([asError(message)], ExitCode.usage)
  }
  const sink = createSink(process.stdout)
  for (const line of readLogTail(path, options.lines)) sink.line(line)
  await sink.drain()
  return ExitCode.ok
}

async function follow(daemon: string, options: LogsOptions): Promise<number> {
  const live = await findLiveStack(options)
  if (!live.ok) return live.error
  const { client } = live.value
  const sink = createSink(process.stdout, () => client.close())
  process.stdout.on('error', () => client.close())
  const answer = await client.ask(
    { op: 'follow', daemon, lines: options.lines },
    { patient: true, onPart: (line) => sink.line(String(line)) },
  )
  // It has no end but that of the stack, or of this command.
  if (!answer.ok && (await isOpen(client.closed))) {
    client.close()
    return complain([asError(answer.error.message)], answer.error.usage ? ExitCode.usage : ExitCode.notUp)
  }
  await sink.drain()
  return ExitCode.ok
}

/** Whether the connection outlives the answer: then the answer is a refusal, and not the end of the stack. */
async function isOpen(closed: Promise<void>): Promise<boolean> {
  return await Promise.race([
    closed.then(() => false),
    new Promise<true>((resolve) => setImmediate(resolve, true)),
  ])
}
