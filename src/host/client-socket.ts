/** A client's socket that lets an early answer through. */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { hasCode } from '../kernel/errno.ts'

type Done = (error?: Error | null) => void

/** What each read of such a socket brings: valid until its `data` event is over. */
const received = Buffer.allocUnsafeSlow(64 * 1_024)

/**
 * For listeners that keep nothing of what they are given, as Node's HTTP parser does, which copies: without it the system
 * has to find 64 KiB of new memory for each read, and for 256 MiB that costs more than the reading.
 */
export const sharedBuffer: SocketConstructorOpts['onread'] = {
  buffer: received,
  callback(this: Socket, bytes: number) {
    return this.emit('data', received.subarray(0, bytes))
  },
}

/**
 * A server may answer before it has read all of a request, and close (413, 503). What is then still being written
 * fails with EPIPE or ECONNRESET, and an ordinary socket is destroyed for it, with the answer unread in its buffer.
 * This one takes such a failure for "the peer no longer listens": writing goes to nowhere, reading goes on to its end.
 */
export class ClientSocket extends Socket {
  /** The write that the peer did not want. */
  writeError: Error | undefined

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    if (this.writeError) done()
    else super._write(chunk, encoding, this.#forgive(done))
  }

  override _writev(chunks: Array<{ chunk: unknown; encoding: BufferEncoding }>, done: Done): void {
    if (this.writeError) done()
    else super._writev?.(chunks, this.#forgive(done))
  }

  #forgive(done: Done): Done {
    return (error) => {
      if (!hasCode(error, 'EPIPE', 'ECONNRESET')) return done(error)
      this.writeError = error ?? undefined
      done()
    }
  }
}
