/**
 * The work of `smokechain verify`: what is to be run, and how often. Loads the stack, finds the smokes, holds the signals;
 * each run is made by `verify-once.ts`.
 */
import { asError, complain } from '../complain.ts'
import type { EarlyHost } from '../early-host.ts'
import { ExitCode } from '../exit-codes.ts'
import { type LoadedChain, loadChain } from '../load-chain.ts'
import { readReportRequests } from '../reporters/requests.ts'
import { watchSignals } from '../signals.ts'
import { verifyOnce } from './verify-once.ts'
import { repeatLimitsOf, stackOf, type VerifyOptions } from './verify-options.ts'

/** @param early what has been started for a single run; ended here, or with the run. @returns the exit code. */
export async function verifyStack(options: VerifyOptions, early: EarlyHost | undefined): Promise<number> {
  const reports = readReportRequests(options, process.cwd())
  if (!reports.ok) return complain(reports.error.map(asError), ExitCode.usage)
  const limits = repeatLimitsOf(options)
  const series = limits && (await import('./verify-repeat.ts'))
  const clashes = series?.findRepeatClashes(options, reports.value) ?? []
  if (clashes.length > 0) return complain(clashes.map(asError), ExitCode.usage)
  const file = stackOf(options)
  const loaded = await loadChain({ ...options, stack: file })
  if (!loaded.ok) return loaded.error
  const { stack, selected } = loaded.value
  const usable = early && isOfUse(early, loaded.value)
  if (early && !usable) await early.host.endUnused()
  // Each run is a visit of its own.
  const visit = options.attach
    ? async () => (await import('../attach-to.ts')).attachTo(file, stack)
    : undefined
  const attached = limits ? undefined : await visit?.()
  if (attached?.ok === false) return attached.error

  // From here on there is something to give back, so Ctrl-C has to wait for it.
  const interrupts = watchSignals()
  try {
    const plan = {
      ...{ stack, selected, options, interrupts, reports: reports.value },
      attached: attached?.value,
      ...(usable && { early }),
    }
    return limits && series
      ? await series.verifyRepeatedly(plan, limits, visit)
      : (await verifyOnce(plan)).exitCode
  } finally {
    attached?.value.close()
    interrupts.dispose()
  }
}

/** Programs need no host, and one that stands in another folder than the stack names is none for its smokes. */
function isOfUse({ host }: EarlyHost, { stack, selected }: LoadedChain): boolean {
  return host.root === stack.root && selected.some(({ kind }) => kind === 'typescript')
}
