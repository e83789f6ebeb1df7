/** A process that is none of the tool's: it holds a port and answers 200 to everything, as a false daemon would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { leasePort } from '../../src/host/port-lease.ts'

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
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (said) => resolve(Number(String(said))))
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the stranger could not listen; it exited with code ${code}`)),
    )
  })
  return { port, child }
}

/**
 * A free port for daemons with a fixed one. It is leased until the test is over, so that no run beside this one takes it;
 * and it is none of those that the kernel gives to whoever asks for any, or connects to somewhere.
 */
export async function findFreePort(): Promise<number> {
  const lease = await leasePort({ run: 'test', host: '127.0.0.1' })
  onTestFinished(() => lease.release())
  return lease.port
}
