/**
 * `smokechain verify`: what is to be run, and how often. Loads the stack, finds the smokes, holds the signals;
 * each run is made by `verify-once.ts`.
 */
import { attachTo } from '../attach-to.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { loadChain } from '../load-chain.ts'
import { readReportRequests } from '../reporters/requests.ts'
import { watchSignals } from '../signals.ts'
import { verifyOnce } from './verify-once.ts'
import type { VerifyOptions } from './verify-options.ts'
import { findRepeatClashes, repeatLimitsOf, verifyRepeatedly } from './verify-repeat.ts'

/** Runs the command. @returns the exit code (docs/exit-codes.md). */
export async function verify(options: VerifyOptions): Promise<number> {
  const reports = readReportRequests(options, process.cwd())
  if (!reports.ok) return complain(reports.error.map(asError), ExitCode.usage)
  const limits = repeatLimitsOf(options)
  const clashes = limits ? findRepeatClashes(options, reports.value) : []
  if (clashes.length > 0) return complain(clashes.map(asError), ExitCode.usage)
  const file = stackOf(options)
  const loaded = await loadChain({ ...options, stack: file })
  if (!loaded.ok) return loaded.error
  const { stack, selected } = loaded.value
  // Each run is a visit of its own.
  const visit = options.attach ? () => attachTo(file, stack) : undefined
  const attached = limits ? undefined : await visit?.()
  if (attached?.ok === false) return attached.error

  // From here on there is something to give back, so Ctrl-C has to wait for it.
  const interrupts = watchSignals()
  try {
    const plan = {
      ...{ stack, selected, options, interrupts, reports: reports.value },
      attached: attached?.value,
    }
    return limits ? await verifyRepeatedly(plan, limits, visit) : (await verifyOnce(plan)).exitCode
  } finally {
    attached?.value.close()
    interrupts.dispose()
  }
}

const stackOf = ({ stack, attach }: VerifyOptions): string =>
  stack ?? (attach ? 'stacks/persistent.toml' : 'stacks/dev.toml')
