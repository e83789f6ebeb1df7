import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Guardian, startGuardian } from './guardian.ts'
import { type Marker, runMarker } from './marker.ts'
import { describeProcess, identify, isAlive, listFamily, type ProcessIdentity } from './process-table.ts'
import { signalProcess } from './signal-process.ts'
import { makeFolder, type Puppet, startPuppet, uniqueName, until } from './test-support.ts'

const FIXTURE = fileURLToPath(new URL('./fixtures/guarded-tool.ts', import.meta.url))

interface Told {
  readonly guardian: ProcessIdentity
  readonly processes: readonly ProcessIdentity[]
  readonly port: number
  readonly folder: string
  readonly run: string
}

async function startTool(ending: string): Promise<{ tool: Puppet; told: Told }> {
  const run = uniqueName()
  const tool = await startPuppet({
    command: ['sh', '-c', `exec "${process.execPath}" "${FIXTURE}" ${run} "$PWD" ${ending}`],
    env: { SMOKECHAIN_LEASE_DIR: join(makeFolder(), 'leases') },
  })
  const [text = ''] = await tool.line(/^\{.*\}$/)
  const { guardian, pids, port }: Pick<Told, 'guardian' | 'port'> & { pids: number[] } = JSON.parse(text)
  // Three shells, of which one has become `sleep`; each has started a `sleep`.
  const findAll = (): ProcessIdentity[] => pids.flatMap((pid) => listFamily({ pid, sid: pid }))
  let processes: ProcessIdentity[] = []
  onTestFinished(() => {
    const left = [guardian, ...processes, ...findAll(), ...listFamily({ marker: runMarker(run) })]
    for (const one of left) signalProcess(one, 'SIGKILL')
  })
  await until(() => findAll().length === 6)
  processes = findAll()
  return { tool, told: { guardian, processes, port, folder: dirname(tool.log.path), run } }
}

/** Until it has set up its signal handlers: signals meant for the tool's group never reach a booting guardian, a direct one does. */
async function isUp({ pid }: ProcessIdentity): Promise<void> {
  // The last it sets up; the runtime has handlers of its own for SIGINT and SIGTERM before that.
  const sigquit = 1n << 2n
  const caught = (): bigint =>
    BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]}`)
  await until(() => (caught() & sigquit) !== 0n)
}

describe('when the tool is killed', () => {
  it('the guardian ends its processes, removes its folders and leases, and tells what it did', async () => {
    const { tool, told } = await startTool('')
    await isUp(told.guardian)
    process.kill(told.guardian.pid, 'SIGTERM')
    process.kill(told.guardian.pid, 'SIGHUP')
    tool.child.signalGroup('SIGKILL')
    await tool.child.exited
    await until(() => !isAlive(told.guardian))
    expect(told.processes.filter(isAlive)).toEqual([])
    expect(listFamily({ marker: runMarker(told.run) })).toEqual([])
    expect(existsSync(join(told.folder, 'data'))).toBe(false)
    expect(existsSync(join(told.folder, 'kept'))).toBe(true)
    const report = JSON.parse(readFileSync(join(told.folder, 'guardian.json'), 'utf8'))
    expect(report).toMatchObject({
      tool: { pid: tool.child.pid },
      leftovers: [],
      faults: [],
      leases: [told.port],
    })
    expect(report.ended.map(({ pid }: { pid: number }) => pid)).toEqual(
      expect.arrayContaining(told.processes.map(({ pid }) => pid)),
    )
    expect(JSON.stringify(report.killed)).toContain('trap')
  })
})

it.runIf(process.platform === 'linux')(
  'the guardian ends who escaped with an output of its tool, and leaves alone who holds what it was told to forget',
  async () => {
    const { tool, told } = await startTool('escape')
    const marker = runMarker(told.run)
    const escaped = await awaitEscaped(join(told.folder, 'escaped'), 'sleep 2000', marker)
    const spared = await awaitEscaped(join(told.folder, 'spared'), 'sleep 3000', marker)
    tool.child.signalGroup('SIGKILL')
    await until(() => !isAlive(told.guardian))
    expect(isAlive(escaped)).toBe(false)
    expect(isAlive(spared)).toBe(true)
    const report = JSON.parse(readFileSync(join(told.folder, 'guardian.json'), 'utf8'))
    expect(report.escaped).toEqual([{ pid: escaped.pid, command: 'sleep 2000', gone: true }])
  },
)

/** Until it runs by itself, without anything by which a family is found. */
async function awaitEscaped(file: string, command: string, marker: Marker): Promise<ProcessIdentity> {
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
  const id = identify(Number(readFileSync(file, 'utf8')))
  if (id === undefined) throw new Error(`${command} has ended`)
  onTestFinished(() => signalProcess(id, 'SIGKILL'))
  await until(() => describeProcess(id.pid)?.command === command)
  await until(() => !listFamily({ marker }).some(({ pid }) => pid === id.pid))
  return id
}

it('a dismissed guardian goes and touches nothing', async () => {
  const { tool, told } = await startTool('close')
  await tool.line(/^closed$/)
  await until(() => !isAlive(told.guardian))
  tool.child.signalGroup('SIGKILL')
  await tool.child.exited
  expect(told.processes.every(isAlive)).toBe(true)
  expect(existsSync(join(told.folder, 'data'))).toBe(true)
  expect(existsSync(join(told.folder, 'guardian.json'))).toBe(false)
})

describe('in this process', () => {
  function start(): Guardian {
    const guardian = startGuardian({ marker: runMarker(uniqueName()) })
    onTestFinished(() => guardian.close())
    return guardian
  }
  it('a group that was unwatched is left alone, and a number that another process bears too', async () => {
    const { child } = await startPuppet({ command: ['sleep', '1000'] })
    const guardian = start()
    const id = identify(guardian.pid)
    guardian.watchGroup(child.identity)
    guardian.unwatchGroup(child.identity)
    guardian.watchGroup({ pid: child.pid, startTime: '1' })
    await guardian.close()
    expect(id && isAlive(id)).toBe(false)
    expect(isAlive(child.identity)).toBe(true)
  })
  it('its own death is told', async () => {
    const guardian = start()
    process.kill(guardian.pid, 'SIGKILL')
    await guardian.lost
    guardian.removeLater('/nowhere')
    await guardian.close()
  })
  it('its orderly end is not', async () => {
    const guardian = start()
    let lost = false
    void guardian.lost.then(() => {
      lost = true
    })
    await guardian.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(lost).toBe(false)
  })
})
