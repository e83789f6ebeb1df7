/** What can go wrong between us and a server, in words. */
import { codeOf, messageOf } from '../kernel/errno.ts'

export interface HttpFault {
  readonly kind: 'refused' | 'reset' | 'timeout' | 'aborted' | 'too-large' | 'protocol' | 'other'
  /** One sentence, for people. */
  readonly detail: string
}

const KINDS: Readonly<Record<string, HttpFault['kind']>> = {
  ECONNREFUSED: 'refused',
  // Unix sockets: nobody made the file, or it is no socket.
  ENOENT: 'refused',
  ENOTSOCK: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  HPE_HEADER_OVERFLOW: 'too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'too-large',
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was closed before a complete answer',
  EPIPE: 'the connection was closed while the request was being sent',
}

/** `writeError`: the peer had stopped reading before. `progress`: how far the answer had come. */
export function describeFault(error: unknown, writeError?: Error, progress?: string): HttpFault {
  const code = codeOf(error) ?? ''
  const kind = KINDS[code] ?? (code.startsWith('HPE_') ? 'protocol' : 'other')
  const words =
    WORDS[code] ?? (kind === 'protocol' ? `not valid HTTP: ${messageOf(error)}` : messageOf(error))
  const sending = writeError ? '; it had stopped reading the request' : ''
  return { kind, detail: `${words}${sending}${progress === undefined ? '' : ` (${progress})`}` }
}
