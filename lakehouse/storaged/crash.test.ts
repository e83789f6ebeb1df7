/** What storaged has acknowledged survives `kill -9`; a second copy on its address harms nothing. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>
beforeEach(async () => {
  folder = await makeTemporaryFolder()
})
afterEach(() => folder[Symbol.asyncDispose]())

const start = (port = 0) =>
  startDaemon(
    main,
    `[storaged]\nbind = "127.0.0.1:${port}"\nstore = { kind = "fs", root = "${join(folder.path, 'data')}" }`,
    folder.path,
  )

it('keeps every acknowledged object when it is killed in the middle of uploads', async () => {
  const acknowledged = new Map<string, string>()
  {
    await using daemon = await start()
    await daemon.logged('ready')
    const url = await daemon.url()
    const enough = Promise.withResolvers<void>()
    const upload = async (worker: number) => {
      for (let n = 0; ; n += 1) {
        const key = `w${worker}/${n % 20}`
        const body = `${key} version ${n} `.repeat(500)
        // From here on either version may be there; once acknowledged, only the new one.
        acknowledged.delete(key)
        const answer = await fetch(`${url}/v1/objects/${key}`, { method: 'PUT', body })
        if (answer.status === 200) acknowledged.set(key, body)
        if (acknowledged.size >= 30) enough.resolve()
      }
    }
    const workers = [0, 1, 2].map(upload)
    await Promise.race([enough.promise, Promise.all(workers)])
    await daemon.kill('SIGKILL')
    // Each worker ends with the connection that broke.
    expect((await Promise.allSettled(workers)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  }
  await using again = await start()
  await again.logged('ready')
  const url = await again.url()
  expect(acknowledged.size).toBeGreaterThanOrEqual(27)
  for (const [key, body] of acknowledged) {
    expect(await (await fetch(`${url}/v1/objects/${key}`)).text()).toBe(body)
  }
  expect(await readdir(join(folder.path, 'data', 'uploads'))).toEqual([])
})

it('a second copy on the taken address dies without touching the upload that the first one receives', async () => {
  await using first = await start()
  await first.logged('ready')
  const url = await first.url()
  const stream = new TransformStream<Uint8Array, Uint8Array>()
  const writer = stream.writable.getWriter()
  const upload = fetch(`${url}/v1/objects/k`, {
    method: 'PUT',
    body: stream.readable,
    duplex: 'half',
  } as RequestInit)
  await writer.write(Buffer.from('first half, '))
  const uploads = () => readdir(join(folder.path, 'data', 'uploads'))
  await expect.poll(async () => (await uploads()).length).toBe(1)
  await using second = await start(Number(new URL(url).port))
  expect(await second.exited).toEqual({ code: 1, signal: null })
  expect(second.stderr()).toContain('the address is already in use')
  await writer.write(Buffer.from('second half'))
  await writer.close()
  expect(await (await upload).json()).toMatchObject({ key: 'k', size: 23 })
})
