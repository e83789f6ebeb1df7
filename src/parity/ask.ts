/** Asks one side one request, as often as the case says. Redirects are answers like any other: none is followed. */
import { requestHttp } from '../host/http.ts'
import { formatBytes, formatDuration } from '../kernel/units.ts'
import type { ParityCase } from './suite-types.ts'
import type { Target } from './target.ts'

/** One answer, read to its end. */
export interface Received {
  readonly status: number
  readonly contentType: string | undefined
  readonly encoded: boolean
  readonly body: Buffer
}

/** What a side answered; with a fault, less often than it was asked. */
export interface Asked {
  readonly received: readonly Received[]
  /** Why there is no answer, or no whole one. */
  readonly fault?: string
  /** How often it was asked. */
  readonly asked: number
}

/** @param target undefined: the side is not up, for this reason. Never rejects for what a server does. */
export async function askSide(
  one: ParityCase,
  target: Target | string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Asked> {
  if (typeof target === 'string') return { received: [], fault: target, asked: 0 }
  const received: Received[] = []
  for (let asked = 1; asked <= one.asks; asked += 1) {
    const answer = await askOnce(one, target, headers, signal)
    if (typeof answer === 'string') return { received, fault: answer, asked }
    received.push(answer)
  }
  return { received, asked: one.asks }
}

async function askOnce(
  one: ParityCase,
  target: Target,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Received | string> {
  const answer = await requestHttp({
    method: one.method,
    host: target.host,
    port: target.port,
    path: `${target.prefix}${one.path}`,
    headers,
    ...(one.body === undefined ? {} : { body: one.body }),
    timeoutMs: one.timeoutMs,
    maxBodyBytes: one.maxBodyBytes,
    signal,
  })
  if (!answer.ok) {
    if (signal.aborted) return 'not asked to the end: interrupted'
    return answer.error.kind === 'timeout'
      ? `no complete answer within ${formatDuration(one.timeoutMs)}`
      : `no answer: ${answer.error.detail}`
  }
  const { status, headers: answered, body, truncated } = answer.value
  if (truncated) return `its body is larger than ${formatBytes(one.maxBodyBytes)} ("max_body")`
  const encoding = answered['content-encoding']
  return {
    status,
    contentType: answered['content-type'],
    encoded: encoding !== undefined && encoding.trim().toLowerCase() !== 'identity',
    body,
  }
}
