/** `smokechain down`: has the supervisor stop everything, then looks itself whether anything is left. */
import { relative } from 'node:path'
import { auditLeaks } from '../../chain/audit.ts'
import { runMarker } from '../../host/marker.ts'
import { isAlive } from '../../host/process-table.ts'
import type { Event } from '../../kernel/event.ts'
import type { Failure } from '../../kernel/failure.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { count } from '../../kernel/text.ts'
import type { ControlClient } from '../../operate/control-client.ts'
import { type Owner, removeLease } from '../../operate/owner-lease.ts'
import { dataLeaseOf, type StackPlace } from '../../operate/places.ts'
import { describeOwner, reachSupervisor } from '../../operate/reach.ts'
import { cleanUpAfter } from '../../operate/reclaim.ts'
import type { StackStatus } from '../../operate/status.ts'
import type { StopReport } from '../../operate/supervisor.ts'
import { waitUntilGone } from '../../operate/wait-until-gone.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { explainAbsence, findPlace, type StackOption } from '../operate-stack.ts'
import { createReporter } from '../render/create.ts'

/** Runs the command. @returns the exit code: 0 when nothing is left, 1 when something is. */
export async function down(options: StackOption): Promise<number> {
  const place = findPlace(options)
  if (!place.ok) return place.error
  const reached = await reachSupervisor(place.value)
  switch (reached.how) {
    case 'down':
      say(`${relative(process.cwd(), place.value.file)} is not up: nothing to stop`)
      return ExitCode.ok
    case 'orphaned':
      return await downOrphaned(place.value, reached.owner)
    case 'unreachable':
      return complain(
        [asError(explainAbsence(place.value, reached)), killHint(reached.owner)],
        ExitCode.failed,
      )
    case 'up':
      return await downLive(reached.client, reached.owner)
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const killHint = ({ pid }: Owner): string =>
  `next: kill -9 ${pid}; its guardian then ends the daemons, and \`down\` cleans up`

async function downOrphaned(place: StackPlace, owner: Owner): Promise<number> {
  for (const line of await cleanUpAfter(owner)) say(line)
  removeLease(place.lease, owner)
  if (owner.data !== undefined) removeLease(dataLeaseOf(owner.data, process.env), owner)
  return tellLeft(auditLeaks(runMarker(owner.run), [], new Set()), 'nothing is left')
}

async function downLive(client: ControlClient, owner: Owner): Promise<number> {
  const before = await client.ask<StackStatus>({ op: 'status' })
  if (!before.ok) return complain([asError(before.error.message), killHint(owner)], ExitCode.failed)
  const reporter = createReporter({
    kind: 'plain',
    stdout: process.stdout,
    stderr: process.stderr,
    verbose: true,
  })
  const stopped = await client.ask<StopReport>(
    { op: 'stop' },
    { patient: true, onPart: (part) => reporter.event((part as { event: Event }).event) },
  )
  if (!stopped.ok) return complain([asError(stopped.error.message)], ExitCode.failed)
  if (!(await waitUntilGone(() => isAlive(owner)))) {
    return complain(
      [asError(`the supervisor (${describeOwner(owner)}) does not end`), killHint(owner)],
      ExitCode.failed,
    )
  }
  const { stopped: names, leaks } = stopped.value
  const sockets = before.value.daemons.flatMap(({ name, addresses }) =>
    names.includes(name) ? addresses.map((address) => ({ daemon: name, address })) : [],
  )
  // Not only the supervisor's word: nothing that carries its mark, nothing on its ports.
  const left = [...leaks, ...auditLeaks(runMarker(owner.run), sockets, new Set())]
  return tellLeft(left, `stopped ${count(names.length, 'daemon')}: ${names.join(', ')}; nothing is left`)
}

function tellLeft(left: readonly Failure[], otherwise: string): number {
  if (left.length > 0)
    return complain(
      left.map((failure) => asError(renderFailure(failure).headline)),
      ExitCode.failed,
    )
  say(otherwise)
  return ExitCode.ok
}
