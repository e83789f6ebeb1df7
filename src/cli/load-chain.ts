/** From a command line to what it speaks of: the stack, and the files of the smokes that are asked for. */
import { relative } from 'node:path'
import { unsupportedPlatform } from '../host/platform.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { discoverSmokes } from '../smoke/discover.ts'
import type { SmokeFile } from '../smoke/types.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { loadStack } from '../stack/load.ts'
import type { Stack } from '../stack/types.ts'
import { asError, complain, complainAboutSmokes } from './complain.ts'
import { ExitCode } from './exit-codes.ts'
import { type Selection, selectSmokes } from './select.ts'
import { findStackFile } from './stack-file.ts'

export interface LoadedChain {
  readonly stack: Stack
  /** In chain order. */
  readonly selected: readonly SmokeFile[]
}

/** Says everything that is wrong, and fails with the exit code. */
export async function loadChain(
  options: Selection & { readonly stack: string },
): Promise<Result<LoadedChain, number>> {
  const unsupported = unsupportedPlatform()
  if (unsupported !== undefined) return err(complain([asError(unsupported)], ExitCode.usage))

  const loaded = await loadStack(findStackFile(options.stack, process.cwd()))
  if (!loaded.ok) return err(complain([renderDiagnostics(loaded.error)], ExitCode.usage))
  const stack = loaded.value

  const selection = selectSmokes(stack.chain, options)
  if (!selection.ok) return err(complain(selection.error.map(asError), ExitCode.usage))
  if (selection.value.length === 0) {
    const why =
      stack.chain.length === 0
        ? `${relative(process.cwd(), stack.file)} has no chain of smokes to run`
        : 'no smoke is selected'
    return err(complain([asError(why)], ExitCode.nothingToRun))
  }
  const found = discoverSmokes(stack.smokes, selection.value)
  return found.ok ? ok({ stack, selected: found.value }) : err(complainAboutSmokes(found.error))
}
