/** What catalogd has acknowledged survives `kill -9`; it waits for storaged at the start. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'
import { findFreePort } from '../kit/testing/free-port.ts'

const mainOf = (name: string) => fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url))
let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
beforeEach(async () => {
  folder = await makeTemporaryFolder()
})
afterEach(() => folder[Symbol.asyncDispose]())

const startStoraged = (port = 0) =>
  startDaemon(
    mainOf('storaged'),
    `[storaged]\nbind = "127.0.0.1:${port}"\nstore = { kind = "fs", root = "${join(folder.path, 'data')}" }`,
    folder.path,
  )
const startCatalogd = (storaged: string) =>
  startDaemon(
    mainOf('catalogd'),
    `[services]\nstoraged = "${storaged}"\n[catalogd]\nbind = "127.0.0.1:0"`,
    folder.path,
  )

async function register(url: string, object: string) {
  const columns = [{ name: 'id', type: 'BIGINT' }]
  const answer = await fetch(`${url}/v1/datasets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'orders', columns, fingerprint: 'f', objects: [object] }),
  })
  return { status: answer.status, body: (await answer.json()) as { id: string; objects: string[] } }
}

it('keeps every acknowledged registration when it is killed [claim:write-durability]', async () => {
  await using storaged = await startStoraged()
  const acknowledged: string[] = []
  let id: string
  {
    await using catalogd = await startCatalogd(await storaged.url())
    await catalogd.logged('ready')
    const url = await catalogd.url()
    id = (await register(url, 'first')).body.id
    const enough = Promise.withResolvers<void>()
    const worker = (async () => {
      for (let n = 0; ; n += 1) {
        const { status } = await register(url, `data/${n}`)
        if (status === 200) acknowledged.push(`data/${n}`)
        if (acknowledged.length === 20) enough.resolve()
      }
    })()
    await Promise.race([enough.promise, worker])
    await catalogd.kill('SIGKILL')
    await expect(worker).rejects.toThrow()
  }
  await using again = await startCatalogd(await storaged.url())
  await again.logged('ready')
  const url = await again.url()
  const dataset = (await (await fetch(`${url}/v1/datasets/orders`)).json()) as {
    id: string
    objects: string[]
  }
  expect(dataset.id).toBe(id)
  expect(dataset.objects).toEqual(expect.arrayContaining(acknowledged))
  expect((await register(url, 'first')).status).toBe(200)
})

it('is 503 until storaged is there, then ready', async () => {
  const port = await findFreePort()
  await using catalogd = await startCatalogd(`http://127.0.0.1:${port}`)
  const { cause } = await catalogd.logged('waiting for storaged')
  const health = await fetch(`${await catalogd.url()}/health`)
  expect([health.status, await health.json()]).toMatchObject([503, { status: 'starting', reason: cause }])
  await using _storaged = await startStoraged(port)
  await catalogd.logged('ready')
  expect((await fetch(`${await catalogd.url()}/health`)).status).toBe(200)
  expect(await catalogd.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

it('ends with 2 and one line when the configuration lacks storaged', async () => {
  await using catalogd = await startDaemon(
    mainOf('catalogd'),
    '[catalogd]\nbind = "127.0.0.1:0"',
    folder.path,
  )
  expect(await catalogd.exited).toEqual({ code: 2, signal: null })
  expect(catalogd.stderr()).toMatch(/^catalogd: .*: services\.storaged: missing; catalogd needs its URL\n$/)
})
