/** observerd as a process: what it acknowledged survives SIGKILL. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { makeTemporaryFolder, startDaemon } from '../kit/testing/daemon-process.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

const toml = (folder: string, bind = '127.0.0.1:0') =>
  `[observerd]\nbind = "${bind}"\ndata = '${join(folder, 'data')}'\n`
const post = (url: string, body: unknown) =>
  fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

it('what was acknowledged is there, in order and once, after kill -9 in the middle of writing', async () => {
  await using folder = await makeTemporaryFolder()
  await using first = await startDaemon(MAIN, toml(folder.path), folder.path)
  await first.logged('loaded')
  const url = await first.url()
  const acknowledged: string[] = []
  const write = async (writer: number) => {
    for (let n = 0; ; n += 1) {
      const id = `${writer}-${n}`
      expect((await post(url, { id, kind: 'tick', source: `w${writer}`, payload: { n } })).status).toBe(201)
      acknowledged.push(id)
      if (acknowledged.length === 200) first.child.kill('SIGKILL')
    }
  }
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(write))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  await first.exited

  await using second = await startDaemon(MAIN, toml(folder.path), folder.path)
  await second.logged('loaded')
  const again = await second.url()
  const answer = await fetch(`${again}/v1/events?limit=1000`)
  const { events } = (await answer.json()) as { events: { seq: number; id: string }[] }
  const ids = events.map(({ id }) => id)
  for (const id of acknowledged) expect(ids).toContain(id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, n) => n + 1))
  const repeated = await post(again, { id: '1-0', kind: 'tick', source: 'w1', payload: { n: 0 } })
  expect(repeated.status).toBe(200)
  expect((await second.kill('SIGTERM')).code).toBe(0)
})

it('a torn tail is logged and reported; a damaged line ends the daemon, naming it', async () => {
  await using folder = await makeTemporaryFolder()
  const log = join(folder.path, 'data', 'events.jsonl')
  await using first = await startDaemon(MAIN, toml(folder.path), folder.path)
  await first.logged('loaded')
  await post(await first.url(), { id: 'a', kind: 'k', source: 's' })
  await first.kill('SIGKILL')
  await writeFile(log, '{"half":', { flag: 'a' })

  await using second = await startDaemon(MAIN, toml(folder.path), folder.path)
  expect(await second.logged('the last line was torn and is set aside')).toMatchObject({ torn: { bytes: 8 } })
  const stats = await fetch(`${await second.url()}/v1/events/stats`)
  expect(await stats.json()).toMatchObject({
    total: 1,
    torn: { bytes: 8, text: '{"half":', file: `${log}.torn-1` },
  })
  await second.kill('SIGTERM')

  await writeFile(log, `{"seq":0}\n${await readFile(log, 'utf8')}`)
  await using third = await startDaemon(MAIN, toml(folder.path), folder.path)
  expect((await third.exited).code).toBe(1)
  expect(third.stderr()).toContain('events.jsonl:1: seq')
})

it('a second copy on the same address dies at once and leaves the log alone', async () => {
  await using folder = await makeTemporaryFolder()
  await using first = await startDaemon(MAIN, toml(folder.path), folder.path)
  await first.logged('loaded')
  const log = join(folder.path, 'data', 'events.jsonl')
  await writeFile(log, '{"half":')
  const bind = (await first.url()).slice('http://'.length)
  await using second = await startDaemon(MAIN, toml(folder.path, bind), folder.path)
  expect((await second.exited).code).toBe(1)
  expect(second.stderr()).toContain('EADDRINUSE')
  expect(await readFile(log, 'utf8')).toBe('{"half":')
})
