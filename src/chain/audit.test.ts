import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { runMarker } from '../host/marker.ts'
import { describeProcess } from '../host/process-table.ts'
import { startPuppet, until } from '../host/test-support.ts'
import { auditLeaks } from './audit.ts'

const NOBODY: ReadonlySet<number> = new Set()

/** A socket of the test itself. */
async function listen(): Promise<{ host: string; port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { host: '127.0.0.1', port: address.port }
}

it('names every process that carries the mark, but for those that are meant to live', async () => {
  const { child, marker } = await startPuppet({ command: ['sleep', '1000'] })
  expect(auditLeaks(marker, [], NOBODY)).toEqual([
    { tag: 'leak', kind: 'process', what: `PID ${child.pid} (${describeProcess(child.pid)?.command})` },
  ])
  expect(auditLeaks(marker, [], new Set([child.pid]))).toEqual([])
})

it('names every port that is still listened on, and who does, though it be a stranger', async () => {
  const { host, port } = await listen()
  const marker = runMarker('a run that was never')
  const sockets = [{ daemon: 'web', address: { name: 'main', host, port } }]
  // A look at the table of sockets may be a few milliseconds old.
  await until(() => auditLeaks(marker, sockets, NOBODY).length > 0)
  const { command } = describeProcess(process.pid) ?? {}
  expect(auditLeaks(marker, sockets, NOBODY)).toEqual([
    {
      tag: 'leak',
      kind: 'port',
      what: `${host}:${port} is still listened on, by PID ${process.pid} (${command})`,
      owner: 'web',
    },
  ])
})
