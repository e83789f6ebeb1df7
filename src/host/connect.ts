/** Bare connections: does anything accept, and what does it answer to given bytes? */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { err, ok, type Result } from '../kernel/result.ts'
import { formatBytes } from '../kernel/units.ts'
import { boundTimer } from './bound-timer.ts'
import { ClientSocket } from './client-socket.ts'
import { describeFault, type HttpFault } from './http-fault.ts'

interface Limits {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Ok when something accepts; the connection is closed at once. */
export function connectTcp(
  o: Limits & { readonly host: string; readonly port: number },
): Promise<Result<void, HttpFault>> {
  return tryConnect({ host: o.host, port: o.port }, o)
}

/** Ok when something accepts on this Unix socket; a file that nobody listens on is refused. */
export function connectUnix(o: Limits & { readonly path: string }): Promise<Result<void, HttpFault>> {
  return tryConnect({ path: o.path }, o)
}

function tryConnect(target: NetConnectOpts, limits: Limits): Promise<Result<void, HttpFault>> {
  return withSocket(connect(target), limits, 'no connection', (socket, finish) => {
    socket.once('connect', () => finish(ok(undefined)))
  })
}

/**
 * Sends raw bytes, and reads until the peer ends, `until` is content, or `maxBytes` (default 16 MiB) have come.
 * The sending side stays open meanwhile. A reset after some answer counts as its end.
 */
export function exchangeRaw(
  o: Limits & {
    readonly host: string
    readonly port: number
    readonly bytes: Buffer | string
    readonly maxBytes?: number
    /** For a peer that keeps the connection: has enough arrived? */
    readonly until?: (received: Buffer) => boolean
  },
): Promise<Result<Buffer, HttpFault>> {
  const limit = o.maxBytes ?? 16 * 2 ** 20
  const chunks: Buffer[] = []
  let length = 0
  const received = (): Buffer => Buffer.concat(chunks).subarray(0, limit)
  const socket = new ClientSocket().connect({ host: o.host, port: o.port })
  const progress = (): string => `no end of the answer, ${formatBytes(length)} so far`
  return withSocket(socket, o, progress, (socket, finish) => {
    socket.once('connect', () => socket.write(o.bytes))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length >= limit || o.until?.(received())) finish(ok(received()))
    })
    socket.once('end', () => finish(ok(received())))
    socket.once('error', (error) => finish(length > 0 ? ok(received()) : err(describeFault(error))))
  })
}

/** Runs `use` under the limits; the socket is destroyed at the end, whichever end it is. */
function withSocket<T>(
  socket: Socket,
  { timeoutMs, signal }: Limits,
  missing: string | (() => string),
  use: (socket: Socket, finish: (result: Result<T, HttpFault>) => void) => void,
): Promise<Result<T, HttpFault>> {
  return new Promise((resolve) => {
    const lacking = (): string => (typeof missing === 'string' ? missing : missing())
    const finish = (result: Result<T, HttpFault>): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(result)
    }
    const onAbort = (): void => finish(err({ kind: 'aborted', detail: `aborted: ${lacking()}` }))
    const timer = setTimeout(
      () => finish(err({ kind: 'timeout', detail: `${lacking()} within ${timeoutMs} ms` })),
      boundTimer(timeoutMs),
    )
    use(socket, finish)
    socket.on('error', (error) => finish(err(describeFault(error))))
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}
