/**
 * The smoke host of a run, started before anything is known of the run but its id: it takes as long to start as the tool
 * takes to load itself and the stack. It has loaded no smoke, so it ends by itself when the tool is gone, and whoever
 * finds that there is nothing to run ends it.
 */
import { existsSync } from 'node:fs'
import { runMarker } from '../host/marker.ts'
import { unsupportedPlatform } from '../host/platform.ts'
import { createRunId } from '../ledger/run-id.ts'
import { SmokeHost } from '../smoke/runtime/smoke-host.ts'
import { usualRoot } from '../stack/usual-root.ts'
import { findStackFile } from './stack-file.ts'

export interface EarlyHost {
  /** The id of the run, whose marker the host carries. */
  readonly run: string
  readonly host: SmokeHost
}

/** Undefined: it can be seen from outside that there will be no run. @param stack as on the command line. */
export function startEarlyHost(stack: string): EarlyHost | undefined {
  const file = findStackFile(stack, process.cwd())
  if (unsupportedPlatform() !== undefined || !existsSync(file)) return undefined
  const run = createRunId()
  return { run, host: new SmokeHost({ root: usualRoot(file), marker: runMarker(run) }) }
}
