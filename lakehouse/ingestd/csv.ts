/**
 * A strict CSV reader (RFC 4180, comma, LF or CRLF), fed piece by piece. It repairs nothing: what is
 * ambiguous is an error with its line, so that no row and no column is ever dropped or shifted.
 */
import { excerpt, lineError } from './line-error.ts'

/** Null is an empty field without quotes; `""` is the empty string. */
export type Field = string | null
export type OnRecord = (fields: Field[], line: number) => void

const COMMA = 44
const QUOTE = 34
const LF = 10
const CR = 13

type State = 'start' | 'plain' | 'quoted' | 'closed' | 'cr'

export class CsvReader {
  readonly #onRecord: OnRecord
  #state: State = 'start'
  #fields: Field[] = []
  /** Text of the current field so far. */
  #text = ''
  /** Current line, and those where the record and the open quote began. All count from 1. */
  #line = 1
  #recordLine = 1
  #quoteLine = 1
  /** Something of the current record was seen: the end of the input ends a record only then. */
  #open = false

  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord
  }

  /** Takes the next piece of decoded text. Throws 400 `malformed_csv` with the line. */
  push(piece: string): void {
    let at = 0
    while (at < piece.length) {
      switch (this.#state) {
        case 'start':
          at = this.#startField(piece, at)
          break
        case 'plain':
          at = this.#readPlain(piece, at)
          break
        case 'quoted':
          at = this.#readQuoted(piece, at)
          break
        case 'closed':
          at = this.#afterQuote(piece, at)
          break
        case 'cr':
          at = this.#afterReturn(piece, at)
          break
      }
    }
  }

  /** The input is over: the last record may lack its line end, but not its closing quote. */
  end(): void {
    if (this.#state === 'quoted') {
      throw lineError('malformed_csv', this.#quoteLine, 'the quote that opens here is never closed')
    }
    if (this.#state === 'cr') this.#refuseReturn()
    if (!this.#open) return
    this.#endField(this.#state === 'closed')
    this.#endRecord()
  }

  #startField(piece: string, at: number): number {
    this.#open = true
    if (piece.charCodeAt(at) === QUOTE) {
      this.#state = 'quoted'
      this.#quoteLine = this.#line
      return at + 1
    }
    this.#state = 'plain'
    return at
  }

  #readPlain(piece: string, from: number): number {
    let at = from
    for (; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at)
      if (code > COMMA) continue
      if (code === COMMA || code === LF || code === CR) {
        this.#text += piece.slice(from, at)
        return this.#endBy(code, at, false)
      }
      if (code === QUOTE) {
        const field = this.#text + piece.slice(from, at + 1)
        throw lineError(
          'malformed_csv',
          this.#line,
          `a quote inside the unquoted field ${excerpt(field)}; quote the whole field and double the quote`,
        )
      }
    }
    this.#text += piece.slice(from, at)
    return at
  }

  #readQuoted(piece: string, from: number): number {
    const close = piece.indexOf('"', from)
    const to = close === -1 ? piece.length : close
    const part = piece.slice(from, to)
    for (let lf = part.indexOf('\n'); lf !== -1; lf = part.indexOf('\n', lf + 1)) this.#line += 1
    this.#text += part
    if (close === -1) return piece.length
    this.#state = 'closed'
    return close + 1
  }

  #afterQuote(piece: string, at: number): number {
    const code = piece.charCodeAt(at)
    if (code === QUOTE) {
      this.#text += '"'
      this.#state = 'quoted'
      return at + 1
    }
    if (code === COMMA || code === LF || code === CR) return this.#endBy(code, at, true)
    throw lineError(
      'malformed_csv',
      this.#line,
      `${excerpt(piece[at] ?? '')} after the closing quote of ${excerpt(this.#text)}; expected a comma or the line's end`,
    )
  }

  #afterReturn(piece: string, at: number): number {
    if (piece.charCodeAt(at) !== LF) this.#refuseReturn()
    this.#endRecord()
    return at + 1
  }

  #refuseReturn(): never {
    throw lineError('malformed_csv', this.#line, 'a carriage return without a line feed outside quotes')
  }

  #endBy(code: number, at: number, quoted: boolean): number {
    this.#endField(quoted)
    if (code === LF) this.#endRecord()
    else this.#state = code === CR ? 'cr' : 'start'
    // After a comma there is a next field even if the input ends here.
    return at + 1
  }

  #endField(quoted: boolean): void {
    this.#fields.push(this.#text === '' && !quoted ? null : this.#text)
    this.#text = ''
  }

  #endRecord(): void {
    const fields = this.#fields
    const line = this.#recordLine
    this.#fields = []
    this.#open = false
    this.#state = 'start'
    this.#line += 1
    this.#recordLine = this.#line
    this.#onRecord(fields, line)
  }
}
