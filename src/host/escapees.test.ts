import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SocketTrace } from './belongings.ts'
import { endEscapees, findEscapees } from './escapees.ts'
import { describeProcess, identify, isAlive, listFamily, type ProcessIdentity } from './process-table.ts'
import { signalProcess } from './signal-process.ts'
import { inodesOf, listListeners } from './sockets.ts'
import { makeFolder, type Puppet, startPuppet, until } from './test-support.ts'

const NOBODY: ReadonlySet<number> = new Set()
const LONG_MS = 60_000

/** Runs this script with neither parent nor session nor environment of the puppet, which then waits. */
async function startEscaping(script: string): Promise<{ puppet: Puppet; escapee: ProcessIdentity }> {
  const file = join(makeFolder(), 'pid')
  const away = `(env -i setsid /bin/sh -c 'echo $$ >${file}.new; mv ${file}.new ${file}; ${script}' &)`
  const puppet = await startPuppet({ command: ['sh', '-c', `${away}; exec sleep 1000`] })
  let escapee: ProcessIdentity | undefined
  await until(() => {
    escapee = readPid(file)
    return escapee !== undefined
  })
  if (escapee === undefined) throw new Error('it has ended')
  const found = escapee
  onTestFinished(() => {
    for (const one of listFamily({ ...found, sid: found.pid })) signalProcess(one, 'SIGKILL')
  })
  return { puppet, escapee: found }
}

function readPid(file: string): ProcessIdentity | undefined {
  try {
    return identify(Number(readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const tracesOf = ({ child }: Puppet): SocketTrace[] =>
  child.outputs().map(({ inode }) => ({ inode, since: child.identity.startTime }))

/** Those found beside the puppet itself. */
const findBeside = ({ child }: Puppet, traces: readonly SocketTrace[]): number[] =>
  findEscapees(traces, new Set([child.pid])).map(({ process }) => process.pid)

describe.runIf(process.platform === 'linux')('who escaped', () => {
  it('is found by the output that it still holds, and ended with its children', async () => {
    const { puppet, escapee } = await startEscaping('sleep 1000 >/dev/null 2>&1 & exec sleep 1001')
    const { child, marker } = puppet
    const { pid, startTime } = child.identity
    const commands = (): string[] => listFamily(escapee).map((one) => describeProcess(one.pid)?.command ?? '')
    await until(() => commands().sort().join() === 'sleep 1000,sleep 1001')
    // The shell between them goes last.
    await until(() => listFamily({ pid, sid: pid, startTime, marker }).length === 1)
    const children = listFamily(escapee)
    expect(await endEscapees(tracesOf(puppet), new Set([pid]), LONG_MS)).toMatchObject([
      { process: escapee, command: 'sleep 1001', gone: true },
    ])
    expect(children.filter(isAlive)).toEqual([])
    expect(isAlive(child.identity)).toBe(true)
  })

  it('is killed when SIGTERM does not help', async () => {
    const { puppet, escapee } = await startEscaping('trap "" TERM; echo deaf; while :; do sleep 1000; done')
    await puppet.line(/^deaf$/)
    const ended = await endEscapees(tracesOf(puppet), new Set([puppet.child.pid]), 30)
    expect(ended).toContainEqual(expect.objectContaining({ process: expect.objectContaining(escapee) }))
    expect(ended.every(({ gone }) => gone)).toBe(true)
    expect(isAlive(escapee)).toBe(false)
  })

  it('is found by a socket that listens', async () => {
    const script = `
      const { spawn } = require('node:child_process')
      const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
        const heir = spawn('/bin/sh', ['-c', 'sleep 1000 & echo $!'], {
          detached: true, env: {}, stdio: ['ignore', 'pipe', 'ignore', server._handle.fd] })
        heir.stdout.once('data', (pid) => console.log('heir', server.address().port, String(pid)))
      })`
    const puppet = await startPuppet({ script })
    const [, port, pid] = await puppet.line(/^heir (\d+) (\d+)$/)
    const heir = identify(Number(pid))
    if (heir === undefined) throw new Error('it has ended')
    onTestFinished(() => signalProcess(heir, 'SIGKILL'))
    const own = inodesOf([puppet.child.pid])
    const [listener] = (listListeners() ?? []).filter((one) => one.port === Number(port))
    expect(listener && own.has(listener.inode)).toBe(true)
    const trace = { inode: listener?.inode ?? '', since: puppet.child.identity.startTime }
    // The shell between them goes last.
    await until(() => findBeside(puppet, [trace]).length === 1)
    expect(findBeside(puppet, [trace])).toEqual([heir.pid])
  })
})

describe('who did not escape is not found', () => {
  it('having opened the log to read it, with no family, session or environment in common', async () => {
    const puppet = await startPuppet({ command: ['sh', '-c', 'echo hello; exec sleep 1000'] })
    await puppet.line(/^hello$/)
    const reader = spawn('tail', ['-f', puppet.log.path], {
      detached: true,
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void reader.kill('SIGKILL'))
    await new Promise((resolve) => reader.stdout.once('data', resolve))
    expect(findBeside(puppet, tracesOf(puppet))).toEqual([])
  })

  it('being older than whoever had the socket first, or excepted', async () => {
    const { child } = await startPuppet({ command: ['sleep', '1000'] })
    const { pid, startTime } = child.identity
    const traces = (since: string): SocketTrace[] => child.outputs().map(({ inode }) => ({ inode, since }))
    const pids = (since: string, except: ReadonlySet<number>): number[] =>
      findEscapees(traces(since), except).map((one) => one.process.pid)
    const found = process.platform === 'linux' ? [pid] : []
    expect(pids(startTime, NOBODY)).toEqual(found)
    expect(pids(String(Number(startTime) + 1), NOBODY)).toEqual([])
    expect(pids(startTime, new Set([pid]))).toEqual([])
  })

  it('when there is nothing to hold', async () => {
    expect(await endEscapees([], NOBODY, LONG_MS)).toEqual([])
  })
})
