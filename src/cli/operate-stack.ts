/** What the verbs for a stack that is up have in common: where it is, and what is said when it is not up. */
import { relative } from 'node:path'
import { unsupportedPlatform } from '../host/platform.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { ControlClient } from '../operate/control-client.ts'
import type { Owner } from '../operate/owner-lease.ts'
import { placeOf, type StackPlace, UnusableState } from '../operate/places.ts'
import { describeOwner, type Reached, reachSupervisor } from '../operate/reach.ts'
import { asError, complain } from './complain.ts'
import { ExitCode } from './exit-codes.ts'
import { findStackFile } from './stack-file.ts'

export interface StackOption {
  readonly stack: string
}

/** Says why there is none, and fails with the exit code. */
export function findPlace({ stack }: StackOption): Result<StackPlace, number> {
  const unsupported = unsupportedPlatform()
  if (unsupported !== undefined) return err(complain([asError(unsupported)], ExitCode.usage))
  try {
    return ok(placeOf(findStackFile(stack, process.cwd()), process.env))
  } catch (error) {
    if (error instanceof UnusableState) return err(complain([asError(error.message)], ExitCode.usage))
    throw error
  }
}

export interface LiveStack {
  readonly place: StackPlace
  readonly owner: Owner
  readonly client: ControlClient
}

/** The stack that is up; says that it is not, and fails with the exit code. */
export async function findLiveStack(option: StackOption): Promise<Result<LiveStack, number>> {
  const place = findPlace(option)
  if (!place.ok) return place
  const reached = await reachSupervisor(place.value)
  if (reached.how === 'up') return ok({ place: place.value, owner: reached.owner, client: reached.client })
  return err(complain([asError(explainAbsence(place.value, reached))], ExitCode.notUp))
}

/** Why the stack cannot be spoken to. */
export function explainAbsence({ file }: StackPlace, reached: Exclude<Reached, { how: 'up' }>): string {
  const name = relative(process.cwd(), file) || file
  switch (reached.how) {
    case 'down':
      return `${name} is not up; \`up\` boots it`
    case 'orphaned':
      return `${name} is not up: its supervisor (${describeOwner(reached.owner)}) has died; \`up\` or \`down\` cleans up after it`
    case 'unreachable':
      return `the supervisor of ${name} (${describeOwner(reached.owner)}) cannot be reached: ${reached.why}`
  }
}
