/** pathwayd as a process: what it acknowledged survives SIGKILL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

let folder: string
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pathwayd-'))
  children = []
})

afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL')
  await rm(folder, { recursive: true })
})

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = await exited
  return code
}

async function launch(bind = '127.0.0.1:0') {
  const config = join(folder, 'config.toml')
  await writeFile(config, `[pathwayd]\nbind = "${bind}"\ndata = '${join(folder, 'data')}'\n`)
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], LAKEHOUSE_CONFIG: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

async function start() {
  const child = await launch()
  let url = ''
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const entry = JSON.parse(line)
    if (entry.msg === 'listening') url = entry.url
    if (entry.msg === 'loaded') break
  }
  child.stdout?.resume()
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    return fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  return { child, url, post }
}

it('what was acknowledged is there after kill -9 in the middle of writing', async () => {
  const first = await start()
  const acknowledged: string[] = []
  const write = async (writer: number) => {
    for (let n = 0; ; n += 1) {
      const answer = await first.post('/v1/traces', { content: `trace ${writer} ${n}` })
      expect(answer.status).toBe(201)
      acknowledged.push(((await answer.json()) as { id: string }).id)
      if (acknowledged.length === 200) first.child.kill('SIGKILL')
    }
  }
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(write))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  await end(first.child, 'SIGKILL')

  const second = await start()
  for (const id of acknowledged) expect((await fetch(`${second.url}/v1/traces/${id}`)).status).toBe(200)
  expect(await end(second.child, 'SIGTERM')).toBe(0)
})

it('a second copy on the same address dies at once and leaves the log alone, even a line being written', async () => {
  const { child, url } = await start()
  const log = join(folder, 'data', 'traces.jsonl')
  await writeFile(log, '{"half":')
  const second = await launch(url.slice('http://'.length))
  const stderr = Array.fromAsync(second.stderr ?? [], String)
  const [code] = await once(second, 'exit')
  expect(code).toBe(1)
  expect((await stderr).join('')).toContain('EADDRINUSE')
  expect(await readFile(log, 'utf8')).toBe('{"half":')
  expect(child.exitCode).toBe(null)
})
