/** What a run may leave behind: nothing. Looked for without the tool's own code. */
import { readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import { processesWith } from './processes.ts'
import { type Finished, LAUNCHER } from './tool.ts'
import { until } from './until.ts'

/** The directory of leases that every user of this machine shares. */
const LEASES = '/tmp/smokechain-ports'

/**
 * Asserts that no process, listening port, lease or temporary folder of the run is left.
 *
 * @param o.except ports on which the test itself listens.
 * @param o.killed the tool was killed, so its guardian is given the time to clean up, and its smoke host that to end.
 */
export async function expectNothingLeft(
  finished: Finished,
  o: { readonly except?: readonly number[]; readonly killed?: boolean } = {},
): Promise<void> {
  if (o.killed) {
    await until('what ends by itself to end', () =>
      processesOf(finished).every(({ command }) => !endsByItself(command)),
    )
  }
  expect(await findLeftovers(finished, o.except ?? [])).toEqual([])
}

/**
 * Of a tool that was killed: its guardian, and a smoke host that no guardian had been told of yet, which sees that its
 * channel has ended. Each bears the tool's own command until it is what it was started to be.
 */
const endsByItself = (command: string): boolean =>
  ['guardian-process', 'host-process', LAUNCHER].some((name) => command.includes(name))

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
  const open: number[] = []
  for (const port of new Set(ports)) if (await answers(port)) open.push(port)
  const leases = listLeases()
  const ours = leases.filter(({ owner }) =>
    run === undefined ? owner.startsWith(`${pid}-`) : owner.includes(run),
  )
  // Only a free port is leased: who has this one now, other than the test itself, got it after the run had given it back.
  const passedOn = leases
    .filter((lease) => !ours.includes(lease) && !lease.owner.startsWith(`${process.pid}-`))
    .map(({ port }) => port)
  const folders = readdirSync(project.tmp).map((name) => `temporary ${name}`)
  return [
    ...[...processes].map(([id, command]) => `process ${id} ${command}`),
    ...open.filter((port) => !passedOn.includes(String(port))).map((port) => `port ${port} is open`),
    ...folders,
    ...ours.map(({ port, owner }) => `lease ${port}/${owner}`),
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

function listLeases(): { port: string; owner: string }[] {
  return namesIn(LEASES).flatMap((port) => {
    const folder = join(LEASES, port)
    // One that is older than this test had another owner of the same PID.
    const owners = namesIn(folder).filter((owner) => isNew(join(folder, owner)))
    return owners.map((owner) => ({ port, owner }))
  })
}

/** Nothing for a folder that is not there: other runs give their leases back at any time. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
