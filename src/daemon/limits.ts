/** The budgets of a daemon, held against what it uses. */
import type { UseReading } from '../host/use-meter.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Limits, Resources } from '../kernel/resources.ts'

/** What it holds at this moment: it would go on holding it, so it is not to be gone on with. */
export function findHoldingTooMuch(
  { name, maxRssBytes, maxFds }: Limits & { readonly name: string },
  { peakRssBytes, fds }: UseReading,
  upMs: number,
): Failure | undefined {
  const about = { tag: 'limit-exceeded', daemon: name, upMs } as const
  if (maxRssBytes !== undefined && peakRssBytes !== undefined && peakRssBytes > maxRssBytes) {
    return { ...about, limit: 'max_rss', allowedBytes: maxRssBytes, seenBytes: peakRssBytes }
  }
  if (maxFds !== undefined && fds !== undefined && fds > maxFds) {
    return { ...about, limit: 'max_fds', allowed: maxFds, seen: fds }
  }
  return undefined
}

/** What it has used while one smoke ran: that is over, and the next smoke counts anew. */
export function findUsedTooMuch(
  { name, maxCpuMs }: Limits & { readonly name: string },
  { cpuSeconds }: Resources,
  smoke: string,
): Failure | undefined {
  if (maxCpuMs === undefined || cpuSeconds === undefined) return undefined
  const seenMs = Math.round(cpuSeconds * 1_000)
  if (seenMs <= maxCpuMs) return undefined
  return { tag: 'limit-exceeded', daemon: name, limit: 'max_cpu', smoke, allowedMs: maxCpuMs, seenMs }
}

/** Its budgets alone; undefined when it has none. */
export function limitsOf({ maxRssBytes, maxCpuMs, maxFds }: Limits): Limits | undefined {
  const limits = {
    ...(maxRssBytes === undefined ? {} : { maxRssBytes }),
    ...(maxCpuMs === undefined ? {} : { maxCpuMs }),
    ...(maxFds === undefined ? {} : { maxFds }),
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}
