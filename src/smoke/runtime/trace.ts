/** Keeps what a step asks and sees, for the report of the run. Bounded in number and length, whatever a smoke does. */
import type { HttpFault } from '../../host/http.ts'
import type { Check, SentRequest, StepEvidence } from '../../kernel/evidence.ts'
import type { Mismatch, RequestLine } from '../../kernel/failure.ts'
import { printable } from '../../kernel/text.ts'
import type { SqlExpectation } from '../context.ts'
import { describeClauses } from '../expect/clauses.ts'
import { isHollow } from '../expect/hollow.ts'
import { pickExpected } from '../expect/pick.ts'
import { show } from '../expect/show.ts'
import { AnswerView } from './answer-view.ts'
import { HOST_TEXT } from './trim-evidence.ts'

const MAX_REQUESTS = 40
const MAX_CHECKS = 80
/** Characters of all texts together: a step with many long answers shall not fill the journal. */
const MAX_TEXT = 24_000

/** What of a request is told. */
interface Asked {
  readonly line: RequestLine
  /** What is sent. */
  readonly summary: string
}

/**
 * For one step, or one attempt of a condition in it. What failed still gets a place where what held no longer does;
 * `evidence` says how much was left out.
 */
export class Trace {
  readonly #requests: SentRequest[] = []
  readonly #checks: Check[] = []
  readonly #omitted = { requests: 0, checks: 0 }
  #text = 0

  /** @returns its index for `addClauses`; undefined: it is left out. */
  addRequest(asked: Asked, answer: AnswerView | HttpFault, ms: number): number | undefined {
    const { daemon, method, url } = asked.line
    const came =
      answer instanceof AnswerView
        ? { status: answer.status, bytes: answer.size, ...optional('answer', excerpt(answer.start)) }
        : { bytes: 0, fault: cut(`${answer.kind} ${answer.detail}`.trim()) }
    return this.#push({
      daemon,
      method,
      path: cut(printable(pathOf(url))),
      ...optional('sent', cut(printable(asked.summary))),
      ms: Math.round(ms * 10) / 10,
      ...came,
    })
  }

  /** What was expected of an answer, clause by clause. */
  addClauses(
    expectation: SqlExpectation | undefined,
    answer: AnswerView,
    mismatches: readonly Mismatch[],
    request: number,
  ): void {
    if (this.#isFull()) {
      this.#omitted.checks += 1
      return
    }
    for (const clause of describeClauses(expectation, answer, mismatches, HOST_TEXT)) {
      this.#add({
        what: clause.what,
        ok: true,
        expected: clause.expected,
        received: clause.received,
        request,
      })
    }
    this.addMismatches(mismatches, request)
  }

  /** An expectation that holds, of a value that is no answer. */
  addValue(what: string, expected: unknown, actual: unknown): void {
    if (this.#isFull() || isHollow(actual)) {
      this.#omitted.checks += 1
      return
    }
    const wanted = typeof expected === 'string' ? JSON.stringify(cut(expected)) : show(expected, HOST_TEXT)
    this.#add({
      what: cut(printable(what)),
      ok: true,
      expected: cut(printable(wanted)),
      received: cut(show(pickExpected(expected, actual), HOST_TEXT)),
    })
  }

  /** @param request what `addRequest` gave; absent: they are of no answer. */
  addMismatches(mismatches: readonly Mismatch[], request?: number): void {
    for (const { what, expected, received } of mismatches) {
      const about = request === undefined ? {} : { request }
      this.#add({ what: cut(what), ok: false, expected: cut(expected), received: cut(received), ...about })
    }
  }

  /** Takes over what the last attempt of a condition did. */
  absorb(last: Trace, attempts: number): void {
    const moved = last.#requests.map((request) =>
      this.#push(attempts > 1 ? { ...request, attempts } : request),
    )
    for (const { request, ...check } of last.#checks) {
      const index = request === undefined ? undefined : moved[request]
      this.#add(index === undefined ? check : { ...check, request: index })
    }
    this.#omitted.requests += last.#omitted.requests
    this.#omitted.checks += last.#omitted.checks
  }

  /** Without the fields of which there is nothing. */
  evidence(): StepEvidence {
    const { requests, checks } = this.#omitted
    return {
      ...(this.#requests.length > 0 ? { requests: this.#requests } : {}),
      ...(this.#checks.length > 0 ? { checks: this.#checks } : {}),
      ...(requests + checks > 0 ? { omitted: { requests, checks } } : {}),
    }
  }

  #isFull(): boolean {
    return this.#checks.length >= MAX_CHECKS || this.#text >= MAX_TEXT
  }

  #push(request: SentRequest): number | undefined {
    if (this.#requests.length >= MAX_REQUESTS || this.#text >= MAX_TEXT) {
      this.#omitted.requests += 1
      return undefined
    }
    this.#text += request.path.length + (request.sent?.length ?? 0) + (request.answer?.length ?? 0)
    return this.#requests.push(request) - 1
  }

  #add(check: Check): void {
    // What failed is always worth its place.
    if (check.ok && this.#isFull()) {
      this.#omitted.checks += 1
      return
    }
    if (this.#checks.length >= 2 * MAX_CHECKS) {
      this.#omitted.checks += 1
      return
    }
    this.#text += check.expected.length + check.received.length
    this.#checks.push(check)
  }
}

/** Path and query of an http URL; empty for one that has none. */
export function pathOf(url: string): string {
  return url.replace(/^http:\/\/[^/]*(?=\/|$)/, '')
}

const cut = (text: string): string => (text.length > HOST_TEXT ? text.slice(0, HOST_TEXT) : text)

const optional = <K extends string>(key: K, text: string): { readonly [P in K]?: string } =>
  text === '' ? {} : ({ [key]: text } as { readonly [P in K]?: string })

/** The beginning of a body that is text; empty for one that is not. */
function excerpt(body: Buffer): string {
  const head = body.subarray(0, HOST_TEXT)
  if (head.includes(0)) return ''
  return cut(printable(head.toString('utf8')))
}
