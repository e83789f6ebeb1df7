/** Kind `http`: one GET, the expected status, and where wanted a JSON answer that matches. */
import type { HttpFault } from '../host/http.ts'
import { requestHttp } from '../host/http.ts'
import { bounded, printable } from '../kernel/text.ts'
import { formatBytes, formatDuration } from '../kernel/units.ts'
import type { Json, ReadySpec } from '../stack/types.ts'
import { matchesJson, showJson } from './match.ts'
import type { Probe, ProbeAnswer, ProbeContext } from './probe.ts'
import { isOwn, listenGate, ownTarget, type Target, targetOf } from './target.ts'

type HttpSpec = Extract<ReadySpec, { kind: 'http' }>

/** An answer is read so far and no further: a `/health` that sends a gigabyte costs this much. */
const MAX_BODY_BYTES = 256 * 1024
const SHOWN_CHARACTERS = 120

/**
 * Plain http alone; redirects are not followed, and at most 256 KiB of an answer are read. A target that cannot be
 * asked is told by the first attempt, as fatal.
 */
export function createHttpProbe(spec: HttpSpec, { daemon }: ProbeContext): Probe {
  const place = locate(spec, daemon)
  if ('problem' in place) return hopeless('http', place.problem)
  const { target, path, host } = place
  return {
    kind: 'http',
    ...(isOwn(target, daemon) && { gate: listenGate(target) }),
    async attempt(signal, timeoutMs) {
      const answer = await requestHttp({
        host: target.host,
        port: target.port,
        path,
        headers: { host, accept: '*/*' },
        timeoutMs,
        maxBodyBytes: MAX_BODY_BYTES,
        signal,
      })
      if (!answer.ok) return { ok: false, saw: describeFault(answer.error, target, timeoutMs) }
      const { status, headers, body, truncated } = answer.value
      if (status !== spec.status) {
        // Followed, it would be another resource that answers, and a loop would never end.
        const to =
          headers.location === undefined ? '' : ` to ${show(headers.location)} (redirects are not followed)`
        return { ok: false, saw: `answered ${status}${to}, expected ${spec.status}${excerpt(body)}` }
      }
      if (spec.json === undefined) return { ok: true, saw: `answered ${status}` }
      if (truncated) {
        return {
          ok: false,
          saw: `answered ${status} with more than ${formatBytes(MAX_BODY_BYTES)}, expected JSON`,
        }
      }
      return judgeJson(status, body.toString('utf8'), spec.json)
    },
  }
}

/** A probe that says at its first attempt why it can never hold. */
export function hopeless(kind: string, problem: string): Probe {
  return { kind, attempt: async () => ({ ok: false, saw: problem, fatal: true }) }
}

/** What went wrong with a request, in words. */
export function describeFault(fault: HttpFault, target: Target, timeoutMs: number): string {
  switch (fault.kind) {
    case 'refused':
      return `${target.address} refused the connection`
    case 'timeout':
    case 'aborted':
      return `no complete answer within ${formatDuration(timeoutMs)}`
    default:
      return `${fault.kind}: ${show(fault.detail)}`
  }
}

function locate(
  spec: HttpSpec,
  daemon: ProbeContext['daemon'],
): { target: Target; path: string; host: string } | { problem: string } {
  const url = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/i.exec(spec.target)
  if (!url) {
    const target = ownTarget(daemon, spec.bind)
    if ('problem' in target) return target
    const path = spec.target.startsWith('/') ? spec.target : `/${spec.target}`
    return { target, path, host: target.address }
  }
  const [, scheme = '', authority = '', rest = ''] = url
  if (scheme.toLowerCase() !== 'http') {
    return { problem: `${scheme}:// cannot be probed; use http://, or the kind "tcp" or "command"` }
  }
  if (!URL.canParse(`http://${authority}/`)) return { problem: `"${spec.target}" is no URL` }
  const { hostname, port } = new URL(`http://${authority}/`)
  const target = targetOf(hostname.replace(/^\[|\]$/g, ''), port === '' ? 80 : Number(port))
  // The path goes out as it is written; only its missing slash is put in.
  return { target, path: rest.startsWith('/') ? rest : `/${rest}`, host: authority.replace(/^.*@/, '') }
}

function judgeJson(status: number, text: string, expected: Json): ProbeAnswer {
  let received: unknown
  try {
    received = JSON.parse(text)
  } catch {
    // Whatever is wrong with it, it is no JSON; the text itself says more than the parser.
    return { ok: false, saw: `answered ${status}, expected JSON, got ${show(text) || 'nothing'}` }
  }
  if (matchesJson(expected, received)) return { ok: true, saw: `answered ${status}, JSON matches` }
  return {
    ok: false,
    saw: `answered ${status} ${show(showJson(received))}, expected ${show(showJson(expected))}`,
  }
}

const show = (text: string): string => bounded(printable(text).replace(/\s+/g, ' ').trim(), SHOWN_CHARACTERS)

function excerpt(body: Buffer): string {
  const text = show(body.toString('utf8', 0, SHOWN_CHARACTERS * 4))
  return text === '' ? '' : `: ${text}`
}
