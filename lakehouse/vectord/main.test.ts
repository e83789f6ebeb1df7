/** vectord as a process: what it acknowledged survives SIGKILL. */
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DaemonProcess, makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'
import { type FakeStoraged, startFakeStoraged } from './fake-storaged.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

let stack: AsyncDisposableStack
let folder: string
let storaged: FakeStoraged

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  folder = stack.use(await makeTemporaryFolder()).path
  storaged = stack.use(await startFakeStoraged())
})

afterEach(() => stack.disposeAsync())

async function launch(bind = '127.0.0.1:0'): Promise<DaemonProcess> {
  const toml = `[services]\nstoraged = "${storaged.url}"\n[vectord]\nbind = "${bind}"\n`
  return stack.use(await startDaemon(MAIN, toml, folder))
}

/** Starts a vectord and waits until it has loaded. */
async function start() {
  const daemon = await launch()
  await daemon.logged('loaded')
  const url = await daemon.url()
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as { results: { id: string }[] } }
  }
  return { daemon, url, post }
}

it('answers the same after kill -9 in the middle of writing [claim:write-durability]', async () => {
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
      if (acknowledged.length === 100) first.daemon.child.kill('SIGKILL')
    }
  })()
  // Before its answer has begun, or in the middle of it.
  await expect(writing).rejects.toThrow(/^(fetch failed|terminated)$/)
  await first.daemon.exited

  const second = await start()
  const query = { vector: [1, 2, 3], k: 1_000 }
  const { body } = await second.post('/v1/indexes/docs/search', query)
  const found = new Set(body.results.map(({ id }) => id))
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
  await second.daemon.kill('SIGKILL')

  const third = await start()
  expect((await third.post('/v1/indexes/docs/search', query)).body).toEqual(body)
  expect(await third.daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
})

it('is not healthy until storaged answers, then loads', async () => {
  storaged.broken = true
  const daemon = await launch()
  await daemon.logged('storaged does not answer yet')
  const health = `${await daemon.url()}/health`
  const answer = await fetch(health)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ reason: expect.stringContaining('storaged answered 500') })
  storaged.broken = false
  await daemon.logged('loaded')
  expect((await fetch(health)).status).toBe(200)
})

it('ends in good order while it still waits for storaged', async () => {
  storaged.broken = true
  const daemon = await launch()
  await daemon.logged('storaged does not answer yet')
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
  expect(daemon.stderr()).toBe('')
})

it('a second copy on the same address dies without touching what is stored', async () => {
  const { url, daemon } = await start()
  const before = new Map(storaged.objects)
  const second = await launch(url.slice('http://'.length))
  expect(await second.exited).toMatchObject({ code: 1 })
  expect(second.stderr()).toContain('EADDRINUSE')
  expect(storaged.objects).toEqual(before)
  expect(daemon.child.exitCode).toBe(null)
})

it('refuses damaged data with one line that names the object', async () => {
  storaged.objects.set('vectord/epoch.json', Buffer.from('rubbish'))
  const daemon = await launch()
  expect(await daemon.exited).toMatchObject({ code: 1 })
  expect(daemon.stderr()).toMatch(
    /^vectord: cannot start: the object vectord\/epoch\.json is damaged: [^\n]+\n$/,
  )
})
