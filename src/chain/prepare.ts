/**
 * What a run owns before its first daemon: an identity, a guardian, leased ports, a data folder, the rendered
 * configuration. The guardian comes first: from then on nothing is left behind, whenever the tool is killed.
 * `release` gives all of it back, last in first out, and says what it could not give back.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Guardian, startGuardian } from '../host/guardian.ts'
import { type Marker, runMarker } from '../host/marker.ts'
import { leasePort, listLeases, NoFreePort, type PortLease } from '../host/port-lease.ts'
import { createRunFolder, removeFolder, runFolderOf } from '../host/temp-folder.ts'
import type { Failure } from '../kernel/failure.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { Diagnostic } from '../stack/diagnostic.ts'
import { type ResolvedStack, resolveStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'

export interface Ground {
  readonly id: string
  /** Carried by every process of the run; the leak audit and the guardian find them by it. */
  readonly marker: Marker
  /** Knows the leases and the data folder already. Whoever runs on this ground closes it. */
  readonly guardian: Guardian
  readonly dataDir: string
  readonly resolved: ResolvedStack
  readonly leases: readonly PortLease[]
  /** Gives back leases and folder; the failures name what is left. */
  release(): Promise<readonly Failure[]>
}

/** Why there is no ground to stand on: places in the file that cannot be filled in, or no port to lease. */
export type NoGround =
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'failure'; readonly failure: Failure }

/**
 * @param id the run's id.
 * @param dir folder for the guardian's report, should it have to clean up.
 * @returns the stack with real ports; on an error everything is given back.
 */
export async function prepareGround(
  stack: Stack,
  id: string,
  env: NodeJS.ProcessEnv,
  dir: string,
): Promise<Result<Ground, NoGround>> {
  const leases: PortLease[] = []
  const marker = runMarker(id)
  const guardian = startGuardian({ marker, report: join(dir, 'guardian.log') })
  const dataDir = runFolderOf(id)
  guardian.removeLater(dataDir)
  const release = async (): Promise<readonly Failure[]> => {
    for (const lease of leases.splice(0)) lease.release()
    const left: Failure[] = listLeases()
      .filter((lease) => lease.run === id)
      .map((lease) => ({ tag: 'leak', kind: 'lease', what: `port ${lease.port} is still leased` }))
    const obstacle = await removeFolder(dataDir)
    if (obstacle !== undefined) left.push({ tag: 'leak', kind: 'folder', what: `${dataDir}: ${obstacle}` })
    return left
  }
  const abandon = async (): Promise<void> => {
    await release()
    await guardian.close()
  }

  try {
    createRunFolder(id)
    const ports = new Map<string, ReadonlyMap<string, number>>()
    for (const daemon of stack.daemons.values()) {
      const own = new Map<string, number>()
      for (const bind of daemon.binds) {
        if (bind.port !== 0) {
          own.set(bind.name, bind.port)
          continue
        }
        const lease = await leaseFor(daemon.name, id, bind.host)
        if (!lease.ok) {
          await abandon()
          return err({ kind: 'failure', failure: lease.error })
        }
        leases.push(lease.value)
        own.set(bind.name, lease.value.port)
      }
      ports.set(daemon.name, own)
    }
    const configPath = join(dataDir, 'config.toml')
    const resolved = resolveStack(stack, { ports, dataDir, configPath, env })
    if (!resolved.ok) {
      await abandon()
      return err({ kind: 'diagnostics', diagnostics: resolved.error })
    }
    // The configuration may hold secrets: nobody else reads it.
    if (resolved.value.configText !== undefined) {
      writeFileSync(configPath, resolved.value.configText, { mode: 0o600 })
    }
    return ok({
      id,
      marker,
      guardian,
      dataDir,
      resolved: resolved.value,
      leases,
      release,
    })
  } catch (error) {
    await abandon()
    throw error
  }
}

async function leaseFor(daemon: string, run: string, host: string): Promise<Result<PortLease, Failure>> {
  try {
    return ok(await leasePort({ run, host }))
  } catch (error) {
    if (error instanceof NoFreePort) return err({ tag: 'no-free-port', daemon, range: error.range })
    throw error
  }
}
