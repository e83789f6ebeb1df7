/** `smokechain status`: what runs, as a table or as JSON. */
import { relative } from 'node:path'
import { reachSupervisor } from '../../operate/reach.ts'
import type { StackStatus } from '../../operate/status.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { explainAbsence, findPlace, type StackOption } from '../operate-stack.ts'
import { createPaint, wantsColor } from '../render/paint.ts'
import { renderStatus } from '../render/status.ts'

export interface StatusOptions extends StackOption {
  readonly json?: boolean
}

/** Runs the command. @returns the exit code: 0 when every daemon is ready, 3 when not. */
export async function status(options: StatusOptions): Promise<number> {
  const place = findPlace(options)
  if (!place.ok) return place.error
  const { file } = place.value
  const reached = await reachSupervisor(place.value)
  if (reached.how !== 'up') {
    const why = explainAbsence(place.value, reached)
    if (options.json) {
      const none: StackStatus = { schema: 1, stack: '', file, state: 'down', daemons: [] }
      process.stdout.write(`${JSON.stringify({ ...none, reason: why }, null, 2)}\n`)
    } else process.stdout.write(`${why}\n`)
    return ExitCode.notUp
  }
  const answer = await reached.client.ask<StackStatus>({ op: 'status' })
  reached.client.close()
  if (!answer.ok) return complain([asError(answer.error.message)], ExitCode.notUp)
  if (options.json) process.stdout.write(`${JSON.stringify(answer.value, null, 2)}\n`)
  else {
    const paint = createPaint(wantsColor(process.stdout, process.env))
    const lines = renderStatus(answer.value, relative(process.cwd(), file), paint)
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  return answer.value.state === 'up' ? ExitCode.ok : ExitCode.notUp
}
