/** `smokechain watch`: the stack stays up, and what changes is tried at once. */
import { join, relative, resolve } from 'node:path'
import { type Ground, type NoGround, prepareGround } from '../../chain/prepare.ts'
import { unsupportedPlatform } from '../../host/platform.ts'
import { messageOf } from '../../kernel/errno.ts'
import type { Result } from '../../kernel/result.ts'
import { openWatchDirectory, type WatchDirectory } from '../../ledger/watch-dir.ts'
import { renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import type { Stack } from '../../stack/types.ts'
import { type WatchEnd, WatchSession } from '../../watch/session.ts'
import { listFailing } from '../../watch/standing.ts'
import { asError, complain, complainAboutGround } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { readKeys } from '../keys.ts'
import { createPaint, wantsColor } from '../render/paint.ts'
import { createSink } from '../render/sink.ts'
import { createWatchView } from '../render/watch.ts'
import { selectSmokes } from '../select.ts'
import { type Interrupts, watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'
import { toolVersion } from '../version.ts'
import { createKeyMap, KEYS } from '../watch-keys.ts'

export interface WatchCommandOptions {
  readonly stack: string
  /** Folder in which `watch/` is. */
  readonly logs?: string
}

/** Runs the command. @returns the exit code (docs/exit-codes.md). */
export async function watch(names: readonly string[], options: WatchCommandOptions): Promise<number> {
  const unsupported = unsupportedPlatform()
  if (unsupported !== undefined) return complain([asError(unsupported)], ExitCode.usage)
  const loaded = await loadStack(findStackFile(options.stack, process.cwd()))
  if (!loaded.ok) return complain([renderDiagnostics(loaded.error)], ExitCode.usage)
  const stack = loaded.value
  const selection = selectSmokes(stack.chain, names.length === 0 ? {} : { only: names })
  if (!selection.ok) return complain(selection.error.map(asError), ExitCode.usage)
  if (selection.value.length === 0) {
    const why =
      stack.chain.length === 0
        ? `${relative(process.cwd(), stack.file)} has no chain of smokes`
        : 'no smoke is named'
    return complain([asError(`${why}: nothing to watch`)], ExitCode.nothingToRun)
  }
  const logs = options.logs === undefined ? join(stack.root, 'logs') : resolve(options.logs)
  // From here on there is something to give back, so Ctrl-C has to wait for it.
  const interrupts = watchSignals()
  try {
    return await watchOn(stack, names.length === 0 ? undefined : selection.value, logs, interrupts)
  } finally {
    interrupts.dispose()
  }
}

async function watchOn(
  stack: Stack,
  chosen: readonly string[] | undefined,
  logs: string,
  interrupts: Interrupts,
): Promise<number> {
  let directory: WatchDirectory
  let ground: Result<Ground, NoGround>
  try {
    directory = openWatchDirectory(logs)
    ground = await prepareGround(stack, directory.id, process.env, directory.path)
  } catch (error) {
    return complain([asError(`cannot prepare folders for it: ${messageOf(error)}`)], ExitCode.toolFault)
  }
  if (!ground.ok) return complainAboutGround(ground.error)
  const sink = createSink(process.stdout)
  const view = createWatchView({
    sink,
    paint: createPaint(wantsColor(process.stdout, process.env)),
    cwd: process.cwd(),
    keys: process.stdin.isTTY ? KEYS : '',
  })
  for (const warning of directory.warnings) view.say(`warning: ${warning}`)
  const session = new WatchSession({
    stack,
    chosen,
    ground: ground.value,
    dir: directory.path,
    written: [logs],
    toolVersion: toolVersion(),
    signals: interrupts,
    view,
  })
  let interrupted: string | undefined
  interrupts.onFirst((signal) => {
    interrupted = signal
    view.say(`interrupted by ${signal}: stopping in order; once more to kill`)
  })
  const desk = { say: (line: string) => sink.line(line), write: (text: string) => sink.write(text) }
  const giveBack = readKeys(process.stdin, {
    key: createKeyMap(session, desk),
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
    end: () => session.quit(),
  })
  try {
    const end = await session.run()
    if (end.leaks.length === 0) view.say('stopped; nothing is left')
    await sink.drain()
    return exitCodeOf(end, interrupted)
  } finally {
    giveBack()
  }
}

/** By the order of docs/exit-codes.md. */
function exitCodeOf({ fault, standing, broken, leaks }: WatchEnd, interrupted: string | undefined): number {
  if (fault) return ExitCode.toolFault
  if (interrupted !== undefined) return interrupted === 'SIGINT' ? 130 : 143
  const isGood = leaks.length === 0 && broken.length === 0 && listFailing(standing).length === 0
  return isGood ? ExitCode.ok : ExitCode.failed
}
