/** What a run may leave behind: nothing. Looked for without the tool's own code. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import { processesWith } from './processes.ts'
import type { Finished } from './tool.ts'
import { until } from './until.ts'

/** The directory of leases that every user of this machine shares. */
const LEASES = '/tmp/smokechain-ports'

/**
 * Asserts that no process, listening port, lease or temporary folder of the run is left.
 *
 * @param o.except ports on which the test itself listens.
 * @param o.killed the tool was killed, so its guardian is given the time to clean up.
 */
export async function expectNothingLeft(
  finished: Finished,
  o: { readonly except?: readonly number[]; readonly killed?: boolean } = {},
): Promise<void> {
  if (o.killed) {
    await until('the guardian to end', () =>
      processesOf(finished).every(({ command }) => !isGuardian(command)),
    )
  }
  expect(await findLeftovers(finished, o.except ?? [])).toEqual([])
}

/** The guardian of a tool that was killed. */
const isGuardian = (command: string): boolean => command.includes('guardian-process')

function processesOf({ project, run }: Finished): { pid: number; command: string }[] {
  const marked = run === undefined ? [] : processesWith(`SMOKECHAIN_RUN=${run}`)
  // The guardian has no marker. Another run of the same project would be found here as well.
  return [...marked, ...processesWith(`HOME=${project.home}`)]
}

async function findLeftovers(finished: Finished, except: readonly number[]): Promise<string[]> {
  const { project, run, pid, events } = finished
  const processes = new Map(processesOf(finished).map((process) => [process.pid, process.command]))
  const ports = events
    .filter((event) => event.type === 'daemon.spawned')
    .flatMap((event) => event.sockets.map((socket) => socket.port))
    .filter((port) => !except.includes(port))
  const open: string[] = []
  for (const port of new Set(ports)) if (await answers(port)) open.push(`port ${port} is open`)
  const folders = readdirSync(project.tmp).map((name) => `temporary ${name}`)
  return [
    ...[...processes].map(([id, command]) => `process ${id} ${command}`),
    ...open,
    ...folders,
    ...listLeases().filter((lease) => lease.includes(run ?? `/${pid}-`)),
  ]
}

async function answers(port: number): Promise<boolean> {
  const tries = await Promise.all(['127.0.0.1', '::1'].map((host) => canConnect(host, port)))
  return tries.includes(true)
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Refused, or no such address family on this machine.
    socket.once('error', () => resolve(false))
  })
}

const isNew = (path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > performance.timeOrigin

function listLeases(): string[] {
  if (!existsSync(LEASES)) return []
  return readdirSync(LEASES).flatMap((port) => {
    const folder = join(LEASES, port)
    // Another run may give its lease back between the two looks; one that is older than this test had another owner of
    // the same PID.
    const owners = existsSync(folder) ? readdirSync(folder) : []
    return owners.filter((owner) => isNew(join(folder, owner))).map((owner) => `${port}/${owner}`)
  })
}
