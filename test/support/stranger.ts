/** A process that is none of the tool's: it holds a port and answers 200 to everything, as a false daemon would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Stranger {
  readonly port: number
  readonly child: ChildProcess
}

export interface StrangerOptions {
  readonly port?: number
  readonly host?: string
  readonly reusePort?: boolean
}

const ANSWER = `createServer((_, answer) => answer.end('{"status":"ok"}'))`

/** Listens until the test is over. */
export async function holdPort(o: StrangerOptions = {}): Promise<Stranger> {
  const listen = JSON.stringify({ host: '127.0.0.1', port: 0, exclusive: true, ...o })
  const program = `const server = require('http').${ANSWER}.listen(${listen}, () => console.log(server.address().port))`
  const child = spawn('node', ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const [said] = await once(child.stdout, 'data')
  return { port: Number(String(said)), child }
}

/** A port that was free a moment ago, for daemons with a fixed one. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
