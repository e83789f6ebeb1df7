/** For tests: a daemon as a real process, awaited by what it logs, ended by its PID. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface DaemonProcess extends AsyncDisposable {
  readonly child: ChildProcess
  /** Everything it wrote to stderr so far. */
  readonly stderr: () => string
  /** The first log entry with this `msg`, past or to come. Rejects when the process ends without it. */
  logged(msg: string): Promise<Record<string, unknown>>
  /** Where it listens. */
  url(): Promise<string>
  readonly exited: Promise<Exit>
  kill(signal: NodeJS.Signals): Promise<Exit>
}

/** A folder that is removed with all it holds. */
export async function makeTemporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lakehouse-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Starts `main` (absolute path of a TypeScript file) with the configuration `toml`, kept in `folder`. */
export async function startDaemon(main: string, toml: string, folder: string): Promise<DaemonProcess> {
  const config = join(folder, `config-${process.hrtime.bigint()}.toml`)
  await writeFile(config, toml)
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], LAKEHOUSE_CONFIG: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const entries: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of waiting) check()
  }
  createInterface(child.stdout).on('line', (line) => {
    entries.push(JSON.parse(line))
    wake()
  })
  let ended = false
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    ended = true
    wake()
    return { code, signal }
  })

  const logged = (msg: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
    const check = () => {
      const entry = entries.find((candidate) => candidate['msg'] === msg)
      if (entry) resolve(entry)
      else if (ended) reject(new Error(`ended without logging "${msg}": ${stderr}${JSON.stringify(entries)}`))
      else return
      waiting.delete(check)
    }
    waiting.add(check)
    check()
    return promise
  }
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  return {
    child,
    stderr: () => stderr,
    logged,
    url: async () => String((await logged('listening'))['url']),
    exited,
    kill,
    async [Symbol.asyncDispose]() {
      if (!ended) await kill('SIGKILL')
    },
  }
}
