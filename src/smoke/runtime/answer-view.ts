/** What a smoke holds in its hand: an HTTP answer with text and JSON on demand. */
import type { Answer } from '../context.ts'
import { parseJson } from '../expect/answer.ts'

export class AnswerView implements Answer<unknown> {
  readonly status: number
  readonly headers: Answer['headers']
  readonly body: Buffer
  readonly #what: string
  #json: { readonly value: unknown } | undefined

  /** @param what names the request in errors: `GET http://…`. */
  constructor(what: string, o: { status: number; headers: Answer['headers']; body: Buffer }) {
    this.#what = what
    this.status = o.status
    this.headers = o.headers
    this.body = o.body
  }

  get text(): string {
    return this.body.toString('utf8')
  }

  /** @throws Error when the body is not JSON. */
  get json(): unknown {
    if (!this.#json) {
      const parsed = parseJson(this.body)
      if (!parsed.ok) throw new Error(`the answer to ${this.#what} is ${parsed.why}`)
      this.#json = { value: parsed.value }
    }
    return this.#json.value
  }
}
