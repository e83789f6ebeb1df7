/** Messages over a Unix socket, one JSON value a line, between processes of one user. */
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { codeOf, messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'

/** `sun_path` of sockaddr_un, less the final NUL: unix(7), unix(4). */
const LONGEST_PATH = process.platform === 'darwin' ? 103 : 107
/** One message, and what may wait for a reader that does not read. More ends the connection. */
const MOST_BYTES = 16 * 2 ** 20

export interface LineChannel {
  /** After the end of the connection it does nothing. */
  send(message: unknown): void
  /** Sends what is waiting, then closes. */
  end(): void
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>
}

/** Takes one message. A message that is no JSON never comes here: it ends the connection. */
export type OnMessage = (message: unknown, channel: LineChannel) => void

export interface LineServer {
  /** Ends every connection and removes the socket. */
  close(): Promise<void>
}

/** Why a socket cannot be used: nobody is there, or its path or the system does not allow it. */
export interface SocketFault {
  readonly kind: 'nobody' | 'too-long' | 'other'
  readonly detail: string
}

/**
 * Listens on `path`, readable by its owner alone. What is in its place is removed: the caller must know that nobody
 * uses it. The folder should be closed to others, too.
 */
export async function listenLines(
  path: string,
  onOpen: (channel: LineChannel) => OnMessage,
): Promise<Result<LineServer, SocketFault>> {
  const long = findTooLong(path)
  if (long) return err(long)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const channel = new SocketChannel(socket)
    channel.listen(onOpen(channel))
  })
  try {
    rmSync(path, { force: true })
    await listen(server, path)
    chmodSync(path, 0o600)
  } catch (error) {
    server.close()
    return err({ kind: 'other', detail: messageOf(error) })
  }
  return ok({
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.destroySoon()
      await closed
    },
  })
}

/** Connects; `nobody` when no process listens there. */
export function connectLines(path: string, onMessage: OnMessage): Promise<Result<LineChannel, SocketFault>> {
  const long = findTooLong(path)
  if (long) return Promise.resolve(err(long))
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('error', (error) => {
      const nobody = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].includes(codeOf(error) ?? '')
      resolve(err({ kind: nobody ? 'nobody' : 'other', detail: messageOf(error) }))
    })
    socket.once('connect', () => {
      const channel = new SocketChannel(socket)
      channel.listen(onMessage)
      resolve(ok(channel))
    })
  })
}

function findTooLong(path: string): SocketFault | undefined {
  const length = Buffer.byteLength(path)
  if (length <= LONGEST_PATH) return undefined
  return {
    kind: 'too-long',
    detail: `${path} has ${length} bytes; a socket's path may have ${LONGEST_PATH}`,
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

class SocketChannel implements LineChannel {
  readonly closed: Promise<void>
  readonly #socket: Socket
  /** A line that is not complete yet, in the pieces in which it came. */
  #pending: string[] = []
  #pendingLength = 0

  constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    // A peer that goes away in the middle is no fault of ours; `closed` tells it.
    socket.on('error', () => socket.destroy())
  }

  send(message: unknown): void {
    if (!this.#socket.writable) return
    this.#socket.write(`${JSON.stringify(message)}\n`)
    if (this.#socket.writableLength > MOST_BYTES) this.#socket.destroy()
  }

  end(): void {
    this.#socket.destroySoon()
  }

  listen(onMessage: OnMessage): void {
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (chunk: string) => {
      this.#pending.push(chunk)
      this.#pendingLength += chunk.length
      if (this.#pendingLength > MOST_BYTES) this.#socket.destroy()
      else if (chunk.includes('\n')) this.#takeAll(onMessage)
    })
    this.#socket.once('end', () => this.#socket.end())
  }

  #takeAll(onMessage: OnMessage): void {
    const lines = this.#pending.join('').split('\n')
    const rest = lines.pop() ?? ''
    this.#pending = [rest]
    this.#pendingLength = rest.length
    for (const line of lines) this.#take(line, onMessage)
  }

  #take(line: string, onMessage: OnMessage): void {
    if (this.#socket.destroyed) return
    let message: unknown
    try {
      message = JSON.parse(line)
    } catch {
      // Whoever is there does not speak our language.
      this.#socket.destroy()
      return
    }
    onMessage(message, this)
  }
}
