/** `smokechain up`: boots a stack and keeps it up, in the foreground or detached; of one that is up, starts what is new. */
import { accessSync, constants, statSync } from 'node:fs'
import { relative } from 'node:path'
import { releaseParent, tellParent } from '../../host/detach.ts'
import { makeFolder } from '../../host/make-folder.ts'
import { codeOf, messageOf } from '../../kernel/errno.ts'
import { count } from '../../kernel/text.ts'
import { createRunId } from '../../ledger/run-id.ts'
import { explainNoGround } from '../../operate/no-ground.ts'
import { type OwnerLease, takeOwnerLease } from '../../operate/owner-lease.ts'
import { dataLeaseOf, openPlace, type StackPlace, UnusableState } from '../../operate/places.ts'
import { describeOwner } from '../../operate/reach.ts'
import { cleanUpAfter } from '../../operate/reclaim.ts'
import { type SuperviseEnd, supervise } from '../../operate/supervise.ts'
import { renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import { resolveDataFolder } from '../../stack/resolve.ts'
import type { Stack } from '../../stack/types.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import { findPlace, type StackOption } from '../operate-stack.ts'
import { createReporter } from '../render/create.ts'
import { type Interrupts, watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'
import { toolVersion } from '../version.ts'
import { addToRunning } from './up-again.ts'
import { upDetached } from './up-detached.ts'

export interface UpOptions extends StackOption {
  readonly detach?: boolean
}

/** Runs the command. @returns the exit code (docs/exit-codes.md). */
export async function up(options: UpOptions): Promise<number> {
  const place = findPlace(options)
  if (!place.ok) return place.error
  const loaded = await loadStack(findStackFile(options.stack, process.cwd()))
  if (!loaded.ok) return complain([renderDiagnostics(loaded.error)], ExitCode.usage)
  const stack = loaded.value
  if (stack.daemons.size === 0) return complain([asError('the stack has no daemons')], ExitCode.nothingToRun)
  const data = resolveDataFolder(stack, process.env)
  if (!data.ok) return complain([renderDiagnostics(data.error)], ExitCode.usage)
  const noData = data.value === undefined ? undefined : findObstacle(data.value)
  if (noData !== undefined) return complain([asError(noData)], ExitCode.usage)
  try {
    openPlace(place.value)
  } catch (error) {
    if (error instanceof UnusableState) return complain([asError(error.message)], ExitCode.usage)
    throw error
  }
  if (options.detach) return await upDetached(place.value, options)
  // From here on there is something to give back, so Ctrl-C has to wait for it.
  const interrupts = watchSignals()
  try {
    return await upHere(stack, place.value, data.value, interrupts)
  } finally {
    interrupts.dispose()
    releaseParent()
  }
}

/** Makes the folder of the data. @returns why it cannot be used. */
function findObstacle(data: string): string | undefined {
  try {
    makeFolder(data, 0o700)
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK)
    return statSync(data).isDirectory() ? undefined : `data cannot be kept in ${data}: it is no folder`
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    return `data cannot be kept in ${data}: ${messageOf(error)}`
  }
}

async function upHere(
  stack: Stack,
  place: StackPlace,
  data: string | undefined,
  interrupts: Interrupts,
): Promise<number> {
  const about = {
    run: createRunId(),
    since: new Date().toISOString(),
    // Started by `up --detach`, which listens to how it goes.
    detached: process.connected,
    stack: stack.name,
    ...(data === undefined ? {} : { data }),
  }
  const lease = takeOwnerLease(place.lease, about)
  if (!lease.ok) return await addToRunning(place)
  const leases = [lease.value]
  try {
    if (data !== undefined) {
      const dataLease = takeOwnerLease(dataLeaseOf(data, process.env), about)
      if (!dataLease.ok) {
        const { stack: other } = dataLease.error
        const message = `the data in ${data} is in use by the stack "${other}" (${describeOwner(dataLease.error)})`
        return complain([asError(message)], ExitCode.notUp)
      }
      leases.push(dataLease.value)
    }
    // The same one, as a rule: it had both.
    const reclaimed = new Map(
      leases.flatMap(({ reclaimed }) => (reclaimed ? [[reclaimed.run, reclaimed]] : [])),
    )
    for (const owner of reclaimed.values()) for (const line of await cleanUpAfter(owner)) say(line)
    return await superviseHere(stack, place, data, lease.value, interrupts)
  } finally {
    for (const one of leases.reverse()) one.release()
  }
}

async function superviseHere(
  stack: Stack,
  place: StackPlace,
  data: string | undefined,
  lease: OwnerLease,
  interrupts: Interrupts,
): Promise<number> {
  const reporter = createReporter({ kind: 'plain', stdout: process.stdout, stderr: process.stderr })
  let interrupted: number | undefined
  let isUp = false
  interrupts.onFirst((signal) => {
    interrupted = isUp ? undefined : signal === 'SIGINT' ? 130 : 143
  })
  const end = await supervise({
    stack,
    place,
    lease,
    data,
    env: process.env,
    toolVersion: toolVersion(),
    signals: interrupts,
    onEvent(event) {
      reporter.event(event)
      if (!isUp && event.type !== 'daemon.sampled') tellParent({ event })
    },
    onUp() {
      isUp = true
      say(describeUp(stack, place, data))
      tellParent({ up: true })
      releaseParent()
    },
  })
  return tellEnd(end, interrupted)
}

function describeUp(stack: Stack, place: StackPlace, data: string | undefined): string {
  const kept = data === undefined ? 'data is thrown away when it goes down' : `data in ${data}`
  return `${relative(process.cwd(), place.file)} is up: ${count(stack.daemons.size, 'daemon')}, supervised by PID ${process.pid}; ${kept}`
}

function tellEnd(end: SuperviseEnd, interrupted: number | undefined): number {
  if (end.how === 'no-ground') {
    const exitCode = end.error.kind === 'diagnostics' ? ExitCode.usage : ExitCode.notUp
    return complain([asError(explainNoGround(end.error))], exitCode)
  }
  if (end.how === 'no-socket') {
    const hint =
      end.fault.kind === 'too-long' ? '; set SMOKECHAIN_STATE_DIR to a folder with a shorter path' : ''
    return complain([asError(`there can be no control socket: ${end.fault.detail}${hint}`)], ExitCode.usage)
  }
  const { stopped, leaks } = end.report
  if (end.how === 'not-up') return interrupted ?? ExitCode.notUp
  if (leaks.length === 0) say(`stopped ${count(stopped.length, 'daemon')}; nothing is left`)
  return leaks.length > 0 ? ExitCode.failed : ExitCode.ok
}

/** To people, here or at the other end of `up --detach`. */
function say(line: string): void {
  process.stdout.write(`${line}\n`)
  tellParent({ line })
}
