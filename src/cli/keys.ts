/** Single keys typed on a terminal. Without a terminal there are none. */
import type { ReadStream } from 'node:tty'

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

export interface KeyHandler {
  /** A key that prints something, or `\r` for Enter. */
  key(key: string): void
  /** Ctrl-C: in raw mode the terminal sends it as a key, and no signal. */
  interrupt(): void
  /** Ctrl-D, or there is nobody to type any more. */
  end(): void
}

/** Hands on each key until the returned function is called, which gives the terminal back as it was. */
export function readKeys(input: ReadStream, handler: KeyHandler): () => void {
  if (!input.isTTY) return () => undefined
  const onData = (text: string): void => {
    // An arrow or function key is one sequence that begins with an escape: none of ours.
    if (text.startsWith('\u001b')) return
    for (const key of text) {
      if (key === CTRL_C) handler.interrupt()
      else if (key === CTRL_D) handler.end()
      else handler.key(key === '\n' ? '\r' : key)
    }
  }
  const onEnd = (): void => handler.end()
  input.setEncoding('utf8')
  input.setRawMode(true)
  input.on('data', onData)
  input.once('end', onEnd)
  // A terminal that is closed sends SIGHUP; what reading then says adds nothing.
  const onError = (): void => undefined
  input.on('error', onError)
  input.resume()
  return () => {
    input.off('data', onData)
    input.off('end', onEnd)
    input.pause()
    if (!input.destroyed) input.setRawMode(false)
  }
}
