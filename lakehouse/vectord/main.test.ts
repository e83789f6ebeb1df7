/** vectord as a process: what it acknowledged survives SIGKILL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FakeStoraged, startFakeStoraged } from './fake-storaged.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

let folder: string
let storaged: FakeStoraged
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vectord-'))
  storaged = await startFakeStoraged()
  children = []
})

afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL')
  await storaged[Symbol.asyncDispose]()
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
  await writeFile(config, `[services]\nstoraged = "${storaged.url}"\n[vectord]\nbind = "${bind}"\n`)
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], LAKEHOUSE_CONFIG: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

/** Starts a vectord and waits for its "loaded" line. */
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
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as { results: { id: string }[] } }
  }
  return { child, url, post }
}

it('answers the same after kill -9 in the middle of writing', async () => {
  const first = await start()
  const made = await first.post('/v1/indexes', { name: 'docs', dimension: 3, metric: 'cosine' })
  expect(made.status).toBe(201)
  const acknowledged: string[] = []
  const writing = (async () => {
    for (let n = 0; ; n += 1) {
      const id = `item-${n}`
      const items = [{ id, vector: [n + 1, n % 7, 1], metadata: { n } }]
      const { status } = await first.post('/v1/indexes/docs/items', { items })
      expect(status).toBe(200)
      acknowledged.push(id)
      if (acknowledged.length === 100) first.child.kill('SIGKILL')
    }
  })()
  await expect(writing).rejects.toThrow('fetch failed')
  await end(first.child, 'SIGKILL')

  const second = await start()
  const query = { vector: [1, 2, 3], k: 1_000 }
  const { body } = await second.post('/v1/indexes/docs/search', query)
  const found = new Set(body.results.map(({ id }) => id))
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
  await end(second.child, 'SIGKILL')

  const third = await start()
  expect((await third.post('/v1/indexes/docs/search', query)).body).toEqual(body)
  expect(await end(third.child, 'SIGTERM')).toBe(0)
})

it('is not healthy until storaged answers, then loads', async () => {
  storaged.broken = true
  const child = await launch()
  let url = ''
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const entry = JSON.parse(line)
    if (entry.msg === 'listening') url = entry.url
    if (entry.msg === 'storaged does not answer yet') {
      const answer = await fetch(`${url}/health`)
      expect([answer.status, ((await answer.json()) as { reason: string }).reason]).toEqual([
        503,
        expect.stringContaining('storaged answered 500'),
      ])
      storaged.broken = false
    }
    if (entry.msg === 'loaded') break
  }
  child.stdout?.resume()
  expect((await fetch(`${url}/health`)).status).toBe(200)
})

it('a second copy on the same address dies without touching what is stored', async () => {
  const { url, child } = await start()
  const before = [...storaged.objects.keys()]
  const epoch = String(storaged.objects.get('vectord/epoch.json'))
  const second = await launch(url.slice('http://'.length))
  const stderr = Array.fromAsync(second.stderr ?? [], String)
  const [code] = await once(second, 'exit')
  expect(code).toBe(1)
  expect((await stderr).join('')).toContain('EADDRINUSE')
  expect([...storaged.objects.keys()]).toEqual(before)
  expect(String(storaged.objects.get('vectord/epoch.json'))).toBe(epoch)
  expect(child.exitCode).toBe(null)
})

it('refuses damaged data with one line that names the object', async () => {
  storaged.objects.set('vectord/epoch.json', Buffer.from('rubbish'))
  const child = await launch()
  child.stdout?.resume()
  const stderr = Array.fromAsync(child.stderr ?? [], String)
  const [code] = await once(child, 'exit')
  expect(code).toBe(1)
  expect((await stderr).join('')).toMatch(
    /^vectord: cannot load: the object vectord\/epoch\.json is damaged: [^\n]+\n$/,
  )
})
