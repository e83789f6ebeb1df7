import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { connectLines, type LineServer, listenLines, type OnMessage } from './line-socket.ts'

function makePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'line-socket-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 's')
}

const echo: OnMessage = (message, channel) => channel.send(message)

async function listen(path: string, onMessage: OnMessage = echo): Promise<LineServer> {
  const server = await listenLines(path, () => onMessage)
  if (!server.ok) throw new Error(server.error.detail)
  onTestFinished(() => server.value.close())
  return server.value
}

/** Sends these messages, and collects as many answers. */
async function exchange(path: string, ...messages: readonly unknown[]): Promise<unknown[]> {
  const answers: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const channel = await connectLines(path, (message) => {
    answers.push(message)
    if (answers.length === messages.length) resolve()
  })
  if (!channel.ok) throw new Error(channel.error.detail)
  for (const message of messages) channel.value.send(message)
  await Promise.race([promise, channel.value.closed])
  channel.value.end()
  return answers
}

it('carries JSON values whole, whatever they hold and however long they are', async () => {
  const path = makePath()
  await listen(path)
  const messages = ['a\nb\u2028', { deep: [1, null, 'é'] }, 'x'.repeat(3_000_000)]
  expect(await exchange(path, ...messages)).toEqual(messages)
})

it('is closed to others', async () => {
  const path = makePath()
  await listen(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

it('takes the place of a socket that a dead process left', async () => {
  const path = makePath()
  writeFileSync(path, 'left over')
  await listen(path)
  expect(await exchange(path, 1)).toEqual([1])
})

it('says when nobody is there', async () => {
  const path = makePath()
  const missing = await connectLines(path, echo)
  expect(missing).toMatchObject({ ok: false, error: { kind: 'nobody' } })
  const server = await listenLines(path, () => echo)
  if (server.ok) await server.value.close()
  expect(await connectLines(path, echo)).toMatchObject({ ok: false, error: { kind: 'nobody' } })
})

it('refuses a path that the system would cut off', async () => {
  const path = join('/tmp', 'x'.repeat(120))
  for (const result of [await listenLines(path, () => echo), await connectLines(path, echo)]) {
    expect(result).toMatchObject({ ok: false, error: { kind: 'too-long' } })
  }
})

it('ends a connection that speaks no JSON, and serves the others', async () => {
  const path = makePath()
  await listen(path)
  const stranger = connect({ path })
  stranger.write('GET / HTTP/1.1\r\n\r\n')
  await new Promise((resolve) => stranger.once('close', resolve))
  expect(await exchange(path, 'still here')).toEqual(['still here'])
})

it('tells both ends when it is over', async () => {
  const path = makePath()
  const gone = Promise.withResolvers<void>()
  const server = await listenLines(path, (channel) => {
    void channel.closed.then(gone.resolve)
    return echo
  })
  if (!server.ok) throw new Error(server.error.detail)
  const channel = await connectLines(path, echo)
  if (!channel.ok) throw new Error(channel.error.detail)
  await server.value.close()
  await Promise.all([channel.value.closed, gone.promise])
  // After the end it does nothing.
  channel.value.send('late')
})
