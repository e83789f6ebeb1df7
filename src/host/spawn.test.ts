import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogFile } from './log-file.ts'
import { identify, isAlive } from './process-table.ts'
import { type SpawnError, spawnChild } from './spawn.ts'
import { makeFolder, startPuppet, until } from './test-support.ts'

describe('a child', () => {
  it('leads a session and group of its own, with exactly the given environment', async () => {
    const puppet = await startPuppet({
      script: `console.log('env ' + Object.keys(process.env).sort().join()); setInterval(() => {}, 1000)`,
      env: { ONLY: 'this' },
    })
    const { pid } = puppet.child
    const keys = (await puppet.line(/^env (.*)$/))[1]?.split(',') ?? []
    expect(keys).toContain('ONLY')
    expect(keys).toContain('SMOKECHAIN_OWNER')
    expect(keys).not.toContain('VITEST')
    expect(identify(pid)).toEqual(puppet.child.identity)
    const [, , , pgid, sid] =
      /^(\d+) \(.*\) \S (\d+) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    expect([Number(pgid), Number(sid)]).toEqual([pid, pid])
  })

  it('tells code or signal of its end', async () => {
    const coded = await startPuppet({ command: ['sh', '-c', 'exit 3'] })
    expect(await coded.child.exited).toEqual({ code: 3, signal: null })
    expect(coded.child.exit).toEqual({ code: 3, signal: null })
    const killed = await startPuppet({ command: ['sleep', '1000'] })
    expect(killed.child.exit).toBeUndefined()
    expect(killed.child.signalGroup('SIGKILL')).toBe(true)
    expect(await killed.child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(isAlive(killed.child.identity)).toBe(false)
    expect(killed.child.signalGroup('SIGTERM')).toBe(false)
  })

  it('has ended although a grandchild holds its output, and what that writes later still arrives', async () => {
    const puppet = await startPuppet({
      command: [
        'sh',
        '-c',
        'mkfifo gate; (read line < gate; echo late; exec sleep 1000) & echo early; exit 0',
      ],
    })
    expect(await puppet.child.exited).toEqual({ code: 0, signal: null })
    await puppet.child.drained
    expect(puppet.logText()).toBe('early\n')
    writeFileSync(join(dirname(puppet.log.path), 'gate'), 'go\n')
    await puppet.line(/late/)
  })

  it('has all its output in the log once it is drained', async () => {
    const puppet = await startPuppet({
      script: `process.stdout.write('x'.repeat(300000) + '\\n'); console.error('end')`,
    })
    await puppet.child.drained
    await until(() => puppet.log.bytes === 300_005)
    expect(puppet.log.tail(1)).toHaveLength(1)
  })

  it('may close its output and live on', async () => {
    const puppet = await startPuppet({
      command: ['sh', '-c', 'echo going quiet; exec >&- 2>&-; exec sleep 1000'],
    })
    await puppet.line(/going quiet/)
    expect(puppet.child.exit).toBeUndefined()
    expect(isAlive(puppet.child.identity)).toBe(true)
  })

  it('keeps what comes on an extra descriptor until somebody asks', async () => {
    const puppet = await startPuppet({
      command: ['sh', '-c', 'printf "\\n" >&5; echo said; exec sleep 1000'],
      extraFds: [5],
    })
    await puppet.line(/said/)
    const extra = puppet.child.extraFd(5)
    const [chunk] = await new Promise<[Buffer]>((resolve) =>
      extra?.once('data', (data: Buffer) => resolve([data])),
    )
    expect(chunk.toString()).toBe('\n')
    expect(puppet.child.extraFd(3)).toBeUndefined()
    expect(puppet.child.extraFd(1)).toBeUndefined()
  })

  it.runIf(process.platform === 'linux')(
    'has outputs that are open until the last process that holds them is gone',
    async () => {
      const puppet = await startPuppet({
        command: [
          'sh',
          '-c',
          'mkfifo end gate; (exec >&- 3>&-; read x <gate) & echo up; read x <end; exit 0',
        ],
        extraFds: [3],
      })
      const open = (): boolean[] => puppet.child.outputs().map((output) => output.open)
      expect(new Set(puppet.child.outputs().map(({ inode }) => inode)).size).toBe(3)
      await puppet.line(/^up$/)
      const write = (name: string): void => writeFileSync(join(dirname(puppet.log.path), name), 'go\n')
      write('end')
      await puppet.child.drained
      // It holds stderr alone.
      await until(() => open().join() === 'false,true,false')
      write('gate')
      await until(() => open().join() === 'false,false,false')
    },
  )

  it('gets end-of-file on its stdin', async () => {
    const puppet = await startPuppet({ command: ['sh', '-c', 'cat; exit 7'] })
    expect((await puppet.child.exited).code).toBe(7)
  })
})

describe('what cannot be started is told exactly', () => {
  async function fail(
    command: readonly string[],
    o: { cwd?: string; path?: string } = {},
  ): Promise<SpawnError> {
    const folder = makeFolder()
    const log = new LogFile(join(folder, 'none.log'))
    const env = o.path === undefined ? {} : { PATH: o.path }
    const spawned = await spawnChild({ command, cwd: o.cwd ?? folder, env, log })
    await log.close()
    if (spawned.ok) throw new Error('it started')
    return spawned.error
  }

  it('no such program', async () => {
    expect(await fail(['no-such-program'], { path: '/usr/bin:/bin' })).toEqual({
      reason: 'not-found',
      detail: '"no-such-program" is in no folder of PATH (/usr/bin:/bin)',
    })
    const there = await fail(['./missing'])
    expect(there.reason).toBe('not-found')
    expect(there.detail).toMatch(/^there is no file \/.*\/missing$/)
    expect((await fail([])).detail).toBe('the command is empty')
  })
  it('not executable, also when it is only found so on PATH', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'plain'), 'text')
    chmodSync(join(folder, 'plain'), 0o644)
    mkdirSync(join(folder, 'directory'))
    const detail = `${folder}/plain may not be executed`
    expect(await fail([`${folder}/plain`])).toEqual({ reason: 'not-executable', detail })
    expect(await fail(['plain'], { path: `/usr/bin:${folder}` })).toEqual({
      reason: 'not-executable',
      detail,
    })
    expect((await fail([`${folder}/directory`])).detail).toBe(`${folder}/directory is a directory`)
  })
  it('a wrong working directory', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'file'), '')
    const cwd = join(folder, 'gone')
    expect(await fail(['/bin/sh'], { cwd })).toEqual({
      reason: 'bad-directory',
      detail: `there is no directory ${cwd}`,
    })
    expect((await fail(['/bin/sh'], { cwd: join(folder, 'file') })).detail).toMatch(
      /file is not a directory$/,
    )
  })
  it('a script whose interpreter is missing', async () => {
    const file = join(makeFolder(), 'script')
    writeFileSync(file, '#!/no/such/interpreter -x\n', { mode: 0o755 })
    expect(await fail([file])).toEqual({
      reason: 'not-found',
      detail: `${file} begins with "#!/no/such/interpreter -x", and there is no such interpreter`,
    })
  })
  it('arguments too long for the system', async () => {
    expect((await fail(['/bin/sh', 'x'.repeat(3_000_000)])).reason).toBe('other')
  })
})

it('takes the program from the PATH of the child, relative to its working directory', async () => {
  const folder = makeFolder()
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', 'tool'), '#!/bin/sh\necho "in $(pwd)"\n', { mode: 0o755 })
  const log = new LogFile(join(folder, 'tool.log'))
  const spawned = await spawnChild({
    command: ['tool'],
    cwd: folder,
    env: { PATH: 'bin:/usr/bin:/bin' },
    log,
  })
  if (!spawned.ok) throw new Error(spawned.error.detail)
  await spawned.value.drained
  expect(log.tail(5)).toEqual([`in ${folder}`])
  await log.close()
})
