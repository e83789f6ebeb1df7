/** `smokechain restart NAME`: one daemon of a stack that is up. */

import { now } from '../../kernel/clock.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { findLiveStack, type StackOption } from '../operate-stack.ts'

/** Runs the command. @returns the exit code: 0 when it is ready again, 3 when it is not, 2 for an unknown name. */
export async function restart(daemon: string, options: StackOption): Promise<number> {
  const live = await findLiveStack(options)
  if (!live.ok) return live.error
  const { client } = live.value
  const startedAt = now()
  const done = await client.ask<{ pid: number }>({ op: 'restart', daemon }, { patient: true })
  client.close()
  if (done.ok) {
    process.stdout.write(
      `restarted ${daemon}: ready in ${formatDuration(now() - startedAt)}, PID ${done.value.pid}\n`,
    )
    return ExitCode.ok
  }
  const { failure, message, usage } = done.error
  if (!failure) return complain([asError(message)], usage ? ExitCode.usage : ExitCode.notUp)
  const { headline, detail } = renderFailure(failure)
  return complain([asError(headline), ...detail.map((line) => `  ${line}`)], ExitCode.notUp)
}
