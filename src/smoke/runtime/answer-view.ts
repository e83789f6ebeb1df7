/** What a smoke holds in its hand: an HTTP answer with text and JSON on demand. */
import type { BodyDigest } from '../../host/http.ts'
import { formatBytes } from '../../kernel/units.ts'
import type { Answer } from '../context.ts'
import { type CheckedAnswer, parseJson } from '../expect/answer.ts'

/**
 * `start` is what was kept of the body, `size` the bytes that came. `body`, `text` and `json` throw rather than give
 * a part of it.
 */
export class AnswerView implements CheckedAnswer {
  readonly status: number
  readonly headers: Answer['headers']
  readonly start: Buffer
  readonly size: number
  readonly digest: BodyDigest | undefined
  readonly #what: string
  #json: { readonly value: unknown } | undefined

  /** @param what names the request in errors: `GET http://…`. */
  constructor(
    what: string,
    o: { status: number; headers: Answer['headers']; body: Buffer; digest?: BodyDigest },
  ) {
    this.#what = what
    this.status = o.status
    this.headers = o.headers
    this.start = o.body
    this.size = o.digest?.length ?? o.body.length
    this.digest = o.digest
  }

  /** @throws Error when it was only hashed, and is longer than what was kept of it. */
  get body(): Buffer {
    if (this.start.length === this.size) return this.start
    throw new Error(
      `the answer to ${this.#what} was hashed as it came, because its digest was expected: of its ${formatBytes(this.size)} only the first ${formatBytes(this.start.length)} were kept`,
    )
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
