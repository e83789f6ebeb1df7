/**
 * `smokechain verify`: the smoke host first, so that it starts while the tool still loads itself and the stack; then
 * `verify-stack.ts` does the work.
 */
import { startEarlyHost } from '../early-host.ts'
import { repeatLimitsOf, stackOf, type VerifyOptions } from './verify-options.ts'

/** Runs the command. @returns the exit code (docs/exit-codes.md). */
export async function verify(options: VerifyOptions): Promise<number> {
  // Of several runs each has a host of its own, and nobody waits for the first.
  const early = repeatLimitsOf(options) ? undefined : startEarlyHost(stackOf(options))
  try {
    const { verifyStack } = await import('./verify-stack.ts')
    return await verifyStack(options, early)
  } finally {
    await early?.host.endUnused()
  }
}
