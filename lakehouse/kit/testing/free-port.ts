/** For tests: a port to be bound later, by a process that cannot choose one itself or must come back to the same one. */
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below those that the kernel gives to whoever asks for any port (from 32768 on Linux, from 49152 on macOS), and below
 * those that smokechain leases: until it is bound, nobody else gets it by chance.
 */
const FIRST = 10_000
const LAST = 19_999

/** A port of 127.0.0.1 on which nobody listens now. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1))
    if (await canListen(port)) return port
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
