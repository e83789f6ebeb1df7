/** Asks a model provider over HTTP: bounded time, bounded answer, faults that name it and never the key. */
import type { z } from 'zod'
import { ApiError, badGateway, gatewayTimeout, unavailable } from './errors.ts'

export interface ProviderEndpoint {
  /** How errors call it. */
  readonly name: string
  readonly url: string
  readonly apiKey?: string
  /** Until the whole answer is there. */
  readonly timeoutMs: number
  /** A longer answer is a fault. */
  readonly maxAnswerBytes: number
}

const MAX_REASON_CHARACTERS = 300

/** Shorter keys are placeholders ("none") that local servers are given; removing them would maim plain text. */
const MIN_SECRET_CHARACTERS = 8

/** The text without the key, should a provider have put it in. */
export function removeKey(text: string, apiKey: string | undefined): string {
  return apiKey === undefined || apiKey.length < MIN_SECRET_CHARACTERS
    ? text
    : text.replaceAll(apiKey, '[redacted]')
}

/** The upstream's own words, without anything that looks like a key. */
function redact(text: string, apiKey: string | undefined): string {
  return removeKey(text, apiKey)
    .replace(/\b(?:sk|key|token)-[^\s"',}]+/gi, '[redacted]')
    .replace(/\bBearer\s+[^\s"',}]+/gi, 'Bearer [redacted]')
    .slice(0, MAX_REASON_CHARACTERS)
}

/** 502 `upstream_invalid`: it answered, but with something that cannot be used. */
export function unusableAnswer(name: string, reason: string, cause?: unknown): ApiError {
  return badGateway(name, `${name} gave an answer that cannot be used: ${reason}`, {
    code: 'upstream_invalid',
    cause,
  })
}

/** The answer in the shape of the schema, or 502 `upstream_invalid` that names the field. */
export function checkAnswer<T>(name: string, schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw unusableAnswer(name, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
}

async function readText(response: Response, { name, maxAnswerBytes }: ProviderEndpoint): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxAnswerBytes) throw unusableAnswer(name, `more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusal(options: ProviderEndpoint, response: Response, text: string): ApiError {
  const { name, apiKey } = options
  const { status } = response
  const details = { upstream: name, upstream_status: status, upstream_error: redact(text, apiKey) }
  const message = `${name} answered ${status}`
  if (status !== 429 && status !== 503) return badGateway(name, message, { code: 'upstream_error', details })
  const retryAfter = response.headers.get('retry-after') ?? ''
  return unavailable(message, {
    code: 'upstream_busy',
    details,
    ...(/^\d{1,5}$/.test(retryAfter) ? { retryAfterS: Number(retryAfter) } : {}),
  })
}

async function exchange(options: ProviderEndpoint, body: unknown, signal: AbortSignal): Promise<unknown> {
  const { name, url, apiKey } = options
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body),
    // A redirect would carry texts and key to an address nobody configured.
    redirect: 'manual',
    signal,
  })
  const text = await readText(response, options)
  if (!response.ok) throw refusal(options, response, text)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unusableAnswer(name, 'it is not JSON', error)
  }
}

function describeFault(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return String(cause)
}

/**
 * Posts `body` as JSON and returns the JSON answer. Rejects with 502 (`upstream_unavailable`, `upstream_error`,
 * `upstream_invalid`), 503 `upstream_busy` or 504 `upstream_timeout`; with the signal's reason once it is aborted.
 */
export async function askProvider(
  options: ProviderEndpoint,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const { name, timeoutMs, apiKey } = options
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await exchange(options, body, AbortSignal.any([signal, deadline]))
  } catch (error) {
    if (error instanceof ApiError) throw error
    signal.throwIfAborted()
    if (deadline.aborted) throw gatewayTimeout(name, `${name} did not answer within ${timeoutMs} ms`)
    const { origin } = new URL(options.url)
    throw badGateway(name, `${name} is not reachable at ${origin}: ${redact(describeFault(error), apiKey)}`)
  }
}
