/** Asks an embedding server over HTTP: bounded time, bounded answer, faults that name it and never the key. */
import { ApiError, badGateway, gatewayTimeout, unavailable } from '../kit/errors.ts'

export interface RemoteOptions {
  /** How errors call it: `openai` or `ollama`. */
  readonly name: string
  readonly url: string
  readonly apiKey?: string
  /** Until the whole answer is there. */
  readonly timeoutMs: number
}

/** 2,048 vectors of 4,096 dimensions, written out in full, fit. */
const MAX_ANSWER_BYTES = 256 * 2 ** 20
const MAX_REASON_CHARACTERS = 300

/** The upstream's own words, without anything that looks like a key. */
function redact(text: string, apiKey: string | undefined): string {
  const plain = apiKey === undefined ? text : text.replaceAll(apiKey, '[redacted]')
  return plain
    .replace(/\b(?:sk|key|token)-[^\s"',}]+/gi, '[redacted]')
    .replace(/\bBearer\s+[^\s"',}]+/gi, 'Bearer [redacted]')
    .slice(0, MAX_REASON_CHARACTERS)
}

async function readText(response: Response, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) {
      throw badGateway(name, `${name} sent more than ${MAX_ANSWER_BYTES} bytes`, { code: 'upstream_invalid' })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusal(options: RemoteOptions, response: Response, text: string): ApiError {
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

async function exchange(options: RemoteOptions, body: unknown, signal: AbortSignal): Promise<unknown> {
  const { name, url, apiKey } = options
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body),
    // A redirect would carry the texts to an address nobody configured.
    redirect: 'manual',
    signal,
  })
  const text = await readText(response, name)
  if (!response.ok) throw refusal(options, response, text)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badGateway(name, `${name} answered with something that is not JSON`, {
      code: 'upstream_invalid',
      cause: error,
    })
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
export async function askRemote(
  options: RemoteOptions,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const { name, timeoutMs } = options
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await exchange(options, body, AbortSignal.any([signal, deadline]))
  } catch (error) {
    if (error instanceof ApiError) throw error
    signal.throwIfAborted()
    if (deadline.aborted) throw gatewayTimeout(name, `${name} did not answer within ${timeoutMs} ms`)
    const { origin } = new URL(options.url)
    throw badGateway(name, `${name} is not reachable at ${origin}: ${describeFault(error)}`)
  }
}
