/** matrixd as a process: a playbook that it acknowledged survives SIGKILL. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DaemonProcess, makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

let stack: AsyncDisposableStack
let folder: string
let embedd: string

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  folder = stack.use(await makeTemporaryFolder()).path
  // Enough of embedd for recording: one vector for one text.
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"model":"m","vectors":[[1,0]]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stack.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  embedd = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => stack.disposeAsync())

async function start(): Promise<{ daemon: DaemonProcess; url: string }> {
  const toml = [
    `[services]\nembedd = "${embedd}"\nvectord = "http://127.0.0.1:1"`,
    `[matrixd]\nbind = "127.0.0.1:0"\ndata = '${join(folder, 'data')}'\n`,
  ].join('\n')
  const daemon = stack.use(await startDaemon(MAIN, toml, folder))
  await daemon.logged('loaded')
  return { daemon, url: await daemon.url() }
}

it('what was acknowledged is there after kill -9 in the middle of writing', async () => {
  const first = await start()
  const acknowledged: string[] = []
  const writing = (async () => {
    for (let n = 0; ; n += 1) {
      const answer = await fetch(`${first.url}/v1/playbooks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `q ${n}`, item: { corpus: 'c', id: `${n}` }, outcome: 'success' }),
      })
      expect(answer.status).toBe(201)
      acknowledged.push(((await answer.json()) as { id: string }).id)
      if (acknowledged.length === 50) first.daemon.child.kill('SIGKILL')
    }
  })()
  // Before its answer has begun, or in the middle of it.
  await expect(writing).rejects.toThrow(/^(fetch failed|terminated)$/)
  await first.daemon.exited

  const second = await start()
  for (const id of acknowledged) expect((await fetch(`${second.url}/v1/playbooks/${id}`)).status).toBe(200)
  expect(await second.daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
})

it('vectord down is a 502 that names it', async () => {
  const { url } = await start()
  const answer = await fetch(`${url}/v1/matrix/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'q', corpora: ['c'] }),
  })
  expect([answer.status, await answer.json()]).toEqual([
    502,
    { error: expect.objectContaining({ code: 'upstream_unavailable', upstream: 'vectord' }) },
  ])
})
