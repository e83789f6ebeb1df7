/**
 * What a run owns before its first daemon: an identity, a guardian, leased ports, a data folder, the rendered
 * configuration. The guardian comes first: from then on nothing is left behind, whenever the tool is killed.
 * `release` gives all of it back, last in first out, and says what it could not give back.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Belongings } from '../host/belongings.ts'
import { type Guardian, startGuardian } from '../host/guardian.ts'
import { makeFolder } from '../host/make-folder.ts'
import { type Marker, runMarker } from '../host/marker.ts'
import { leasePort, listLeases, NoFreePort, type PortLease } from '../host/port-lease.ts'
import { createRunFolder, removeFolder, runFolderOf } from '../host/temp-folder.ts'
import type { Failure } from '../kernel/failure.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { Diagnostic } from '../stack/diagnostic.ts'
import { type ResolvedStack, resolveStack } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'

/** What every run owns, whoever runs its daemons. */
interface Plot {
  readonly id: string
  /** Carried by every process of the run; the leak audit and the guardian find them by it. */
  readonly marker: Marker
  /** Knows the leases and the folder already. Whoever runs on this ground closes it. */
  readonly guardian: Guardian
  /** What the daemons of this ground had; whoever still holds it at the end has escaped. */
  readonly belongings: Belongings
  /** Thrown away with the run. */
  readonly folder: string
  readonly leases: PortLease[]
  /** Gives back leases and folder; the failures name what is left. */
  release(): Promise<readonly Failure[]>
}

export interface Ground extends Plot {
  /** `{data}`: the folder of the run, or one that is kept. */
  readonly dataDir: string
  readonly resolved: ResolvedStack
  /** Fills in the same stack as it is written now: known sockets keep their ports, new ones are leased. */
  resolveAgain(stack: Stack): Promise<Result<ResolvedStack, NoGround>>
}

/** Why there is no ground to stand on: places in the file that cannot be filled in, or no port to lease. */
export type NoGround =
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'failure'; readonly failure: Failure }

/**
 * @param id the run's id.
 * @param dir folder for the guardian's report, should it have to clean up.
 * @param kept folder of data that outlives the run; made when missing.
 * @returns the stack with real ports; on an error everything is given back.
 */
export async function prepareGround(
  stack: Stack,
  id: string,
  env: NodeJS.ProcessEnv,
  dir: string,
  kept?: string,
): Promise<Result<Ground, NoGround>> {
  return await prepare(id, dir, async (plot) => {
    if (kept !== undefined) makeFolder(kept, 0o700)
    const dataDir = kept ?? plot.folder
    const ports = new Map<string, Map<string, number>>()
    const resolveAgain = async (current: Stack): Promise<Result<ResolvedStack, NoGround>> => {
      const leased = await leasePorts(current, plot, ports)
      return leased.ok ? fillIn(current, { ports, dataDir, folder: plot.folder, env }) : leased
    }
    const resolved = await resolveAgain(stack)
    return resolved.ok ? ok({ ...plot, dataDir, resolved: resolved.value, resolveAgain }) : resolved
  })
}

/** The ground of a run that looks at the daemons of somebody else. */
export async function prepareVisit(
  resolved: ResolvedStack,
  id: string,
  dir: string,
): Promise<Result<Ground, NoGround>> {
  return await prepare(id, dir, async (plot) =>
    ok({ ...plot, dataDir: plot.folder, resolved, resolveAgain: () => Promise.resolve(ok(resolved)) }),
  )
}

async function prepare(
  id: string,
  dir: string,
  complete: (plot: Plot) => Promise<Result<Ground, NoGround>>,
): Promise<Result<Ground, NoGround>> {
  const leases: PortLease[] = []
  const marker = runMarker(id)
  const guardian = startGuardian({ marker, report: join(dir, 'guardian.log') })
  const belongings = new Belongings(guardian)
  const folder = runFolderOf(id)
  guardian.removeLater(folder)
  const release = async (): Promise<readonly Failure[]> => {
    for (const lease of leases.splice(0)) lease.release()
    const left: Failure[] = listLeases()
      .filter((lease) => lease.run === id)
      .map((lease) => ({ tag: 'leak', kind: 'lease', what: `port ${lease.port} is still leased` }))
    const obstacle = await removeFolder(folder)
    if (obstacle !== undefined) left.push({ tag: 'leak', kind: 'folder', what: `${folder}: ${obstacle}` })
    return left
  }
  const abandon = async (): Promise<void> => {
    await release()
    await guardian.close()
  }

  try {
    createRunFolder(id)
    const ground = await complete({ id, marker, guardian, belongings, folder, leases, release })
    if (!ground.ok) await abandon()
    return ground
  } catch (error) {
    await abandon()
    throw error
  }
}

/** Adds to `ports` what it lacks. */
async function leasePorts(
  stack: Stack,
  { id, leases }: Plot,
  ports: Map<string, Map<string, number>>,
): Promise<Result<void, NoGround>> {
  for (const daemon of stack.daemons.values()) {
    const own = ports.get(daemon.name) ?? new Map<string, number>()
    ports.set(daemon.name, own)
    for (const bind of daemon.binds) {
      if (bind.port !== 0) own.set(bind.name, bind.port)
      if (own.has(bind.name)) continue
      const lease = await leaseFor(daemon.name, id, bind.host)
      if (!lease.ok) return err({ kind: 'failure', failure: lease.error })
      leases.push(lease.value)
      own.set(bind.name, lease.value.port)
    }
  }
  return ok(undefined)
}

function fillIn(
  stack: Stack,
  o: {
    readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>
    readonly dataDir: string
    readonly folder: string
    readonly env: NodeJS.ProcessEnv
  },
): Result<ResolvedStack, NoGround> {
  const configPath = join(o.folder, 'config.toml')
  const resolved = resolveStack(stack, { ports: o.ports, dataDir: o.dataDir, configPath, env: o.env })
  if (!resolved.ok) return err({ kind: 'diagnostics', diagnostics: resolved.error })
  // The configuration may hold secrets: nobody else reads it.
  if (resolved.value.configText !== undefined) {
    writeFileSync(configPath, resolved.value.configText, { mode: 0o600 })
  }
  return resolved
}

async function leaseFor(daemon: string, run: string, host: string): Promise<Result<PortLease, Failure>> {
  try {
    return ok(await leasePort({ run, host }))
  } catch (error) {
    if (error instanceof NoFreePort) return err({ tag: 'no-free-port', daemon, range: error.range })
    throw error
  }
}
