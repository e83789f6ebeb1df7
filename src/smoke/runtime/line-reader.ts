/** Cuts a stream of bytes into lines. A line that never ends is cut, so that it cannot fill memory. */
import { StringDecoder } from 'node:string_decoder'

const MAX_LINE = 64 * 1024

/**
 * UTF-8. Hands out lines without their line feed; a character that chunks cut in two is put together. `end` comes
 * last.
 */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8')
  readonly #take: (line: string) => void
  #rest = ''

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE)
    for (const line of lines) this.#take(line)
  }

  /** Hands out what came after the last line break. */
  end(): void {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    if (rest !== '') this.#take(rest)
  }
}
