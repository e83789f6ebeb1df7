/**
 * The guardian: waits at the end of a pipe from the tool. A line `done` dismisses it. When the pipe ends without that
 * line, the tool is dead, and the guardian ends its processes, removes its folders and releases its leases.
 * Lines: `group <pid> <startTime>`, `ungroup <pid> <startTime>`, `socket <inode>`, `unsocket <inode>`,
 * `remove <JSON string>`, `forget <JSON string>`, `done`.
 * Imports only what it needs to run: it boots beside every run.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../kernel/errno.ts'
import { endProcesses } from './end-processes.ts'
import { endEscapees } from './escapees.ts'
import type { GuardianOrders } from './guardian.ts'
import { releaseLeasesOf, sweepStaging } from './lease-directory.ts'
import { describeProcess, listFamily, type ProcessInfo } from './process-table.ts'
import { removeFolder } from './temp-folder.ts'

const GRACE_MS = 2_000
const LATECOMERS_MS = 100

const orders: GuardianOrders = JSON.parse(process.argv[2] ?? '{}')
const groups = new Map<string, { readonly pid: number; readonly startTime: string }>()
const sockets = new Set<string>()
const paths = new Set<string>()
let dismissed = false
let finishing = false

function obey(line: string): void {
  const [word = '', rest = ''] = line.split(/ (.*)/s)
  if (word === 'done') dismissed = true
  else if (word === 'group' || word === 'ungroup') {
    const [pid, startTime = ''] = rest.split(' ')
    if (word === 'group') groups.set(rest, { pid: Number(pid), startTime })
    else groups.delete(rest)
  } else if (word === 'socket') sockets.add(rest)
  else if (word === 'unsocket') sockets.delete(rest)
  else if (word === 'remove') paths.add(JSON.parse(rest))
  else if (word === 'forget') paths.delete(JSON.parse(rest))
}

/** Everyone whom the tool had, found by group and descent, and by the marker. */
function findAll(): ProcessInfo[] {
  const found = new Map(listFamily({ marker: orders.marker }).map((process) => [process.pid, process]))
  for (const { pid, startTime } of groups.values()) {
    for (const process of listFamily({ pid, sid: pid, startTime })) found.set(process.pid, process)
  }
  return [...found.values()]
}

async function cleanUp(): Promise<void> {
  const commands = new Map<number, string>()
  const look = (): ProcessInfo[] => {
    const all = findAll()
    for (const { pid } of all) {
      if (!commands.has(pid)) commands.set(pid, describeProcess(pid)?.command ?? 'unknown')
    }
    return all
  }
  const { ended, killed } = await endProcesses(look, GRACE_MS)
  // A process that was just being started when the tool died bears its marker only from its exec on.
  await delay(LATECOMERS_MS)
  const late = await endProcesses(look, 0)
  const traces = [...sockets].map((inode) => ({ inode, since: orders.tool.startTime }))
  const escaped = await endEscapees(traces, new Set(), GRACE_MS)
  const faults = (await Promise.all([...paths].map(removeFolder))).filter((fault) => fault !== undefined)
  const leases = releaseLeasesOf(orders.tool)
  sweepStaging()
  const show = (processes: readonly ProcessInfo[]): object[] =>
    processes.map(({ pid }) => ({ pid, command: commands.get(pid) }))
  report({
    ended: show([...ended, ...late.ended]),
    killed: show([...killed, ...late.killed]),
    leftovers: show(late.leftovers),
    escaped: escaped.map(({ process: { pid }, command, gone }) => ({ pid, command, gone })),
    paths: [...paths],
    faults,
    leases,
  })
}

function report(done: object): void {
  if (orders.report === undefined) return
  const at = new Date().toISOString()
  writeFileSync(orders.report, `${JSON.stringify({ at, tool: orders.tool, ...done }, undefined, 2)}\n`)
}

async function finish(): Promise<void> {
  if (dismissed) process.exit(0)
  if (finishing) return
  finishing = true
  try {
    await cleanUp()
    process.exit(0)
  } catch (error) {
    report({ failed: messageOf(error) })
    process.exit(1)
  }
}

// What is meant for the tool's terminal or group is not meant for whoever has to clean up after it.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, () => undefined)

let pending = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  const lines = (pending + chunk).split('\n')
  pending = lines.pop() ?? ''
  for (const line of lines) obey(line)
})
process.stdin.once('error', finish)
process.stdin.once('end', finish)
