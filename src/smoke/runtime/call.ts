/** Sends one request of a smoke and holds the answer against what is expected, once or until it holds. */
import type { HttpFault } from '../../host/http.ts'
import { now } from '../../kernel/clock.ts'
import type { RequestLine } from '../../kernel/failure.ts'
import { bounded } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import type { SqlExpectation } from '../context.ts'
import { type Checked, type CheckedAnswer, countClauses, findExpectationProblem } from '../expect/answer.ts'
import { AnswerView } from './answer-view.ts'
import { ExpectationFailed, SmokeOver } from './errors.ts'
import type { Scope, SmokeState } from './state.ts'
import { pathOf } from './trace.ts'
import { pollUntil, readDuration } from './within.ts'

/** One request, ready to be sent as often as needed. */
export interface Call {
  readonly line: RequestLine
  readonly expectation: SqlExpectation | undefined
  /** Rows and columns may be expected. */
  readonly isSql: boolean
  readonly check: (answer: CheckedAnswer) => Checked
  readonly timeoutMs: number
  readonly summary: string
  readonly canRepeat: boolean
  send(timeoutMs: number, signal: AbortSignal): Promise<AnswerView | HttpFault>
}

/** Sends a call, once or (with `within`) until the answer is as expected. */
export async function performCall(
  state: SmokeState,
  call: Call,
  log: (line: string) => void,
): Promise<AnswerView> {
  const what = `${call.line.daemon} ${call.line.method} ${call.line.url}`
  state.assertOpen(what)
  const problem = findExpectationProblem(call.expectation, { sql: call.isSql })
  if (problem !== undefined) state.misuse(problem)
  const expects = countClauses(call.expectation) > 0
  const scope = expects || call.expectation?.within ? state.requireScope(what) : state.scopes.getStore()
  return await state.track(what, async () => {
    const limit = call.expectation?.within
    if (limit === undefined || !scope) return await attemptCall(state, scope, call, log)
    if (!expects) state.misuse(`${what}: "within" needs something to expect`)
    if (!call.canRepeat) state.misuse(`${what}: a streamed body can be sent only once, so not with "within"`)
    const limitMs = readDuration(state, limit, 'within')
    return await pollUntil(state, scope, limitMs, (inner) => attemptCall(state, inner, call, log))
  })
}

async function attemptCall(
  state: SmokeState,
  scope: Scope | undefined,
  call: Call,
  log: (line: string) => void,
): Promise<AnswerView> {
  const startedAt = now()
  const location = state.here()
  const signal = scope?.signal ?? state.signal
  const leftMs = (scope?.deadline ?? Number.POSITIVE_INFINITY) - startedAt
  const allowedMs = Math.min(call.timeoutMs, state.trial?.requestMs ?? call.timeoutMs)
  const timeoutMs = Math.max(1, Math.ceil(Math.min(allowedMs, leftMs)))
  const answer = await call.send(timeoutMs, signal)
  const ms = now() - startedAt
  log(logLine(call, answer, ms))
  const request = scope?.trace.addRequest(call, answer, ms)
  if (!(answer instanceof AnswerView)) {
    if (signal.aborted) throw new SmokeOver(`${call.line.method} ${call.line.url} was cut off`)
    const received = describeFault(answer, timeoutMs)
    const failed = new ExpectationFailed({
      mismatches: [{ what: 'no answer', expected: 'an answer', received }],
      request: call.line,
      location,
    })
    if (countClauses(call.expectation) > 0) scope?.trace.addMismatches(failed.mismatches, request)
    // Without an expectation the smoke may catch it: it has claimed nothing yet.
    if (scope && countClauses(call.expectation) > 0) state.fail(scope, failed)
    throw failed
  }
  const { expectations, mismatches } = call.check(answer)
  if (!scope) return answer
  scope.expectations += expectations
  if (request !== undefined) scope.trace.addClauses(call.expectation, answer, mismatches, request)
  if (mismatches.length > 0) {
    state.fail(scope, new ExpectationFailed({ mismatches, request: call.line, location }))
  }
  return answer
}

function describeFault(fault: HttpFault, timeoutMs: number): string {
  if (fault.kind === 'timeout') return `none within ${formatDuration(timeoutMs)}`
  return `none (${fault.kind}${fault.detail === '' ? '' : `: ${fault.detail}`})`
}

function logLine(call: Call, answer: AnswerView | HttpFault, ms: number): string {
  const { daemon, method, url } = call.line
  const path = pathOf(url) || '-'
  const sent = call.summary === '' ? '' : ` ${bounded(call.summary, 300)}`
  const came =
    answer instanceof AnswerView
      ? `${answer.status} ${bounded(answer.start.subarray(0, 2_000).toString('utf8'), 300)}`
      : `${answer.kind} ${answer.detail}`
  return `${daemon} ${method} ${path}${sent} -> ${came.trimEnd()} (${Math.round(ms)} ms)`
}
