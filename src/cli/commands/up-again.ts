/** `up` of a stack that is up: says who owns it, and has it start the daemons that were added to the file. */
import { relative } from 'node:path'
import type { Event } from '../../kernel/event.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import type { StackPlace } from '../../operate/places.ts'
import { describeOwner, reachSupervisor } from '../../operate/reach.ts'
import type { StackStatus } from '../../operate/status.ts'
import type { Reloaded } from '../../operate/supervisor.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { explainAbsence } from '../operate-stack.ts'
import { createReporter } from '../render/create.ts'

/** @returns the exit code: 0 when everything in the file is ready now. */
export async function addToRunning(place: StackPlace): Promise<number> {
  const reached = await reachSupervisor(place)
  if (reached.how !== 'up') return complain([asError(explainAbsence(place, reached))], ExitCode.notUp)
  const { client, owner } = reached
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  say(`${relative(process.cwd(), place.file)} is up already: its owner is ${describeOwner(owner)}`)
  const reporter = createReporter({ kind: 'plain', stdout: process.stdout, stderr: process.stderr })
  const reloaded = await client.ask<Reloaded>(
    { op: 'reload' },
    { patient: true, onPart: (part) => reporter.event((part as { event: Event }).event) },
  )
  if (!reloaded.ok) {
    client.close()
    const { message, usage } = reloaded.error
    return complain([usage ? message : asError(message)], usage ? ExitCode.usage : ExitCode.notUp)
  }
  const { started, changed, removed, failures } = reloaded.value
  say(started.length > 0 ? `started: ${started.join(', ')}` : 'nothing to start')
  if (changed.length > 0) {
    say(`changed in the file, running as before: ${changed.join(', ')} (takes effect by down and up)`)
  }
  if (removed.length > 0) {
    say(`no longer in the file, still running: ${removed.join(', ')} (takes effect by down and up)`)
  }
  const status = await client.ask<StackStatus>({ op: 'status' })
  client.close()
  const notReady = status.ok ? status.value.daemons.filter((daemon) => daemon.state !== 'ready') : []
  for (const { name, state } of notReady) say(`not ready: ${name} (${state})`)
  const said = failures.map((failure) => asError(renderFailure(failure).headline))
  if (said.length > 0) return complain(said, ExitCode.notUp)
  return notReady.length > 0 ? ExitCode.notUp : ExitCode.ok
}
