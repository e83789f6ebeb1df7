/** pathwayd as a process: what it acknowledged survives SIGKILL. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DaemonProcess, makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

let stack: AsyncDisposableStack
let folder: string

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  folder = stack.use(await makeTemporaryFolder()).path
})

afterEach(() => stack.disposeAsync())

async function launch(bind = '127.0.0.1:0'): Promise<DaemonProcess> {
  const toml = `[pathwayd]\nbind = "${bind}"\ndata = '${join(folder, 'data')}'\n`
  return stack.use(await startDaemon(MAIN, toml, folder))
}

async function start() {
  const daemon = await launch()
  await daemon.logged('loaded')
  return { daemon, url: await daemon.url() }
}

it('what was acknowledged is there after kill -9 in the middle of writing', async () => {
  const first = await start()
  const acknowledged: string[] = []
  const write = async (writer: number) => {
    for (let n = 0; ; n += 1) {
      const answer = await fetch(`${first.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content: `trace ${writer} ${n}` }),
      })
      expect(answer.status).toBe(201)
      acknowledged.push(((await answer.json()) as { id: string }).id)
      if (acknowledged.length === 200) first.daemon.child.kill('SIGKILL')
    }
  }
  for (const outcome of await Promise.allSettled([1, 2, 3, 4].map(write))) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } })
  }
  await first.daemon.exited

  const second = await start()
  for (const id of acknowledged) expect((await fetch(`${second.url}/v1/traces/${id}`)).status).toBe(200)
  expect(await second.daemon.kill('SIGTERM')).toMatchObject({ code: 0 })
})

it('a second copy on the same address dies at once and leaves the log alone, even a line being written', async () => {
  const { daemon, url } = await start()
  const log = join(folder, 'data', 'traces.jsonl')
  await writeFile(log, '{"half":')
  const second = await launch(url.slice('http://'.length))
  expect(await second.exited).toMatchObject({ code: 1 })
  expect(second.stderr()).toContain('EADDRINUSE')
  expect(await readFile(log, 'utf8')).toBe('{"half":')
  expect(daemon.child.exitCode).toBe(null)
})

it('a log with an impossible line ends it with one line that names file and line', async () => {
  const first = await start()
  await first.daemon.kill('SIGTERM')
  await writeFile(join(folder, 'data', 'traces.jsonl'), '{"op":"FLY"}\n')
  const second = await launch()
  expect(await second.exited).toMatchObject({ code: 1 })
  expect(second.stderr()).toMatch(/^pathwayd: cannot start: [^\n]*traces\.jsonl:1: [^\n]+\n$/)
})
