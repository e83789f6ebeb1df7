/** From a stack file to the stack that is up, for a chain that is to run on it. */
import { err, ok, type Result } from '../kernel/result.ts'
import { type AttachedStack, attach } from '../operate/attach.ts'
import type { Stack } from '../stack/types.ts'
import { asError, complain } from './complain.ts'
import { ExitCode } from './exit-codes.ts'
import { findLiveStack } from './operate-stack.ts'

/** Says why it cannot be, and fails with the exit code. */
export async function attachTo(file: string, stack: Stack): Promise<Result<AttachedStack, number>> {
  const live = await findLiveStack({ stack: file })
  if (!live.ok) return live
  const { client, owner } = live.value
  const attached = await attach(client, owner, stack)
  if (attached.ok) return ok(attached.value)
  client.close()
  return err(complain([asError(attached.error.message)], ExitCode.notUp))
}
