/** One question to the chat endpoint: its answer, or why there is none. Never throws for what a server does. */
import { requestHttp } from '../host/http.ts'
import { bounded, printable } from '../kernel/text.ts'
import { formatBytes, formatDuration } from '../kernel/units.ts'
import type { Question } from './question.ts'
import type { Reviewer } from './types.ts'

export interface ChatEndpoint {
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string
}

export interface ChatAnswer {
  readonly content: string
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly finishReason?: string
}

export type Asked = { readonly latencyMs: number } & (
  | { readonly ok: true; readonly answer: ChatAnswer }
  | { readonly ok: false; readonly reason: string }
)

const MOST_ANSWER_BYTES = 32 * 2 ** 20
const SHOWN = 300

/** Asks once; nothing is tried again. */
export async function askReviewer(
  endpoint: ChatEndpoint,
  { model, maxTokens, temperature, timeoutMs }: Reviewer,
  { system, user }: Question,
  signal: AbortSignal,
): Promise<Asked> {
  const { hostname, port, pathname, search } = new URL(endpoint.url)
  const body = JSON.stringify({
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    max_tokens: maxTokens,
    temperature,
  })
  const startedAt = performance.now()
  const sent = await requestHttp({
    method: 'POST',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 80 : Number(port),
    path: pathname + search,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...(endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` }),
    },
    body,
    timeoutMs,
    maxBodyBytes: MOST_ANSWER_BYTES,
    signal,
  })
  const latencyMs = Math.round(performance.now() - startedAt)
  const no = (reason: string): Asked => ({ ok: false, latencyMs, reason })
  if (!sent.ok) {
    return no(
      sent.error.kind === 'timeout' ? `no answer within ${formatDuration(timeoutMs)}` : sent.error.detail,
    )
  }
  const { status, body: bytes, truncated } = sent.value
  if (truncated) return no(`the answer is larger than ${formatBytes(MOST_ANSWER_BYTES)}`)
  const json = parseJson(bytes)
  if (status !== 200) return no(describeRefusal(status, json))
  const answer = readAnswer(json)
  return answer === undefined
    ? no(`status 200, but no chat answer: ${excerpt(bytes.subarray(0, 4 * SHOWN).toString('utf8'))}`)
    : { ok: true, latencyMs, answer }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    // What is no JSON is no answer; the caller shows how it begins.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** `{"error": {"code", "message"}}`, as far as it is there. */
function describeRefusal(status: number, json: unknown): string {
  const error = isObject(json) && isObject(json['error']) ? json['error'] : {}
  const words = [error['code'], error['message'], error['upstream_error']].filter(
    (each) => typeof each === 'string' && each !== '',
  )
  return words.length === 0 ? `status ${status}` : `status ${status}: ${excerpt(words.join(': '))}`
}

function readAnswer(json: unknown): ChatAnswer | undefined {
  if (!isObject(json) || typeof json['content'] !== 'string') return undefined
  const { content, finish_reason: reason } = json
  const tokens = (key: string): number | undefined => {
    const value = json[key]
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
  }
  const [inputTokens, outputTokens] = [tokens('input_tokens'), tokens('output_tokens')]
  return {
    content,
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(typeof reason === 'string' ? { finishReason: bounded(reason, 40) } : {}),
  }
}

const excerpt = (text: string): string => bounded(printable(text).replaceAll(/\s+/g, ' ').trim(), SHOWN)
