/** `GET /v1/health`: how each daemon of the stack is, asked in parallel. */
import { ApiError } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'

/**
 * `ok`; `starting`: it answers 503; `wrong_service`: something else answers at its address; `down`: nothing does,
 * or not in time; `not_configured`: `[services]` has no URL for it.
 */
export interface ServiceHealth {
  readonly status: 'ok' | 'starting' | 'wrong_service' | 'down' | 'not_configured'
  /** How long the answer took, in whole milliseconds; null when nothing was asked. */
  readonly ms: number | null
  readonly version?: string
  readonly reason?: string
}

export interface StackHealth {
  readonly status: 'ok' | 'degraded'
  readonly services: Readonly<Record<string, ServiceHealth>>
}

/** Asks every named daemon; `undefined` stands for one that is not configured. Never throws. */
export async function askHealth(
  upstreams: ReadonlyMap<string, Upstream | undefined>,
  requestId: string,
): Promise<StackHealth> {
  const asked = await Promise.all(
    [...upstreams].map(async ([name, upstream]) => [name, await askOne(name, upstream, requestId)] as const),
  )
  const healthy = asked.every(([, { status }]) => status === 'ok')
  return { status: healthy ? 'ok' : 'degraded', services: Object.fromEntries(asked) }
}

async function askOne(
  name: string,
  upstream: Upstream | undefined,
  requestId: string,
): Promise<ServiceHealth> {
  if (upstream === undefined) {
    return { status: 'not_configured', ms: null, reason: `[services] has no URL for ${name}` }
  }
  const started = performance.now()
  const elapsed = (): number => Math.round(performance.now() - started)
  try {
    const { status, body } = await upstream.json('GET', '/health', { requestId, accept: [503] })
    const said = readAnswer(body)
    if (said.service !== name) {
      return {
        status: 'wrong_service',
        ms: elapsed(),
        reason: `"${said.service ?? 'something'}" answers there`,
      }
    }
    const version = said.version === undefined ? {} : { version: said.version }
    if (status === 200) return { status: 'ok', ms: elapsed(), ...version }
    return {
      status: 'starting',
      ms: elapsed(),
      ...version,
      reason: said.reason ?? `/health answers ${status}`,
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: 'down', ms: elapsed(), reason: error.message }
  }
}

/** The text fields of a health answer; anything else may stand at the address, so nothing is taken for granted. */
function readAnswer(body: unknown): { service?: string; version?: string; reason?: string } {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'))
}
