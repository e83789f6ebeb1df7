/**
 * All checks, in the order in which findings are told: what comes first may be the cause of what follows. A new check
 * is a file in `checks/` and a line here (docs/doctor.md).
 */

import { err, ok, type Result } from '../kernel/result.ts'
import { didYouMean } from '../kernel/text.ts'
import { type Check, GROUPS } from './check.ts'
import { addressesCheck } from './checks/addresses.ts'
import { commandsCheck } from './checks/commands.ts'
import { daemonsCheck } from './checks/daemons.ts'
import { dependenciesCheck } from './checks/dependencies.ts'
import { diskCheck } from './checks/disk.ts'
import { exposureCheck } from './checks/exposure.ts'
import { foldersCheck } from './checks/folders.ts'
import { hookCheck } from './checks/hook.ts'
import { lastRunCheck } from './checks/last-run.ts'
import { leasesCheck } from './checks/leases.ts'
import { limitsCheck } from './checks/limits.ts'
import { memoryCheck } from './checks/memory.ts'
import { orphansCheck } from './checks/orphans.ts'
import { runtimeCheck } from './checks/runtime.ts'
import { s3Check } from './checks/s3.ts'
import { stackFileCheck } from './checks/stack-file.ts'
import { stateCheck } from './checks/state.ts'
import { toolsCheck } from './checks/tools.ts'

export const CHECKS: readonly Check[] = [
  runtimeCheck,
  toolsCheck,
  stackFileCheck,
  dependenciesCheck,
  diskCheck,
  limitsCheck,
  memoryCheck,
  commandsCheck,
  orphansCheck,
  leasesCheck,
  foldersCheck,
  stateCheck,
  addressesCheck,
  exposureCheck,
  daemonsCheck,
  s3Check,
  lastRunCheck,
  hookCheck,
]

/** The checks that these names mean, each the name of a check or of a group; all of them for no names. */
export function selectChecks(names: readonly string[]): Result<readonly Check[], readonly string[]> {
  const asked = names.flatMap((name) => name.split(',')).filter((name) => name !== '')
  const known = [...new Set([...GROUPS, ...CHECKS.map((check) => check.id)])]
  const unknown = asked.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const list = `known: ${known.join(', ')}`
    return err(unknown.map((name) => `no check or group named "${name}"${didYouMean(name, known)} (${list})`))
  }
  if (asked.length === 0) return ok(CHECKS)
  return ok(CHECKS.filter((check) => asked.includes(check.id) || asked.includes(check.group)))
}
