/** `up --detach`: starts the supervisor in a session of its own, shows how it goes, and returns when it is up or has failed. */
import { readFileSync } from 'node:fs'
import { startDetached } from '../../host/detach.ts'
import type { Event } from '../../kernel/event.ts'
import { findOwner } from '../../operate/owner-lease.ts'
import type { StackPlace } from '../../operate/places.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import type { StackOption } from '../operate-stack.ts'
import { createReporter } from '../render/create.ts'
import { watchSignals } from '../signals.ts'
import { addToRunning } from './up-again.ts'

/** What the supervisor tells. */
interface News {
  readonly event?: Event
  readonly line?: string
  readonly up?: true
}

/** @returns the exit code. */
export async function upDetached(place: StackPlace, { stack }: StackOption): Promise<number> {
  if (findOwner(place.lease)?.alive) return await addToRunning(place)
  const reporter = createReporter({ kind: 'plain', stdout: process.stdout, stderr: process.stderr })
  let up = false
  let told = false
  const supervisor = startDetached({
    args: ['up', '--stack', stack],
    logPath: place.supervisorLog,
    // Sent by this tool itself.
    onMessage(message) {
      const { event, line, up: isUp } = message as News
      told = true
      if (event) reporter.event(event)
      if (line !== undefined) process.stdout.write(`${line}\n`)
      if (isUp) up = true
    },
  })
  const interrupts = watchSignals()
  let interrupted: number | undefined
  interrupts.onFirst((signal) => {
    interrupted = signal === 'SIGINT' ? 130 : 143
    supervisor.terminate()
  })
  try {
    await supervisor.released
    if (up) {
      supervisor.leave()
      return ExitCode.ok
    }
    const { code, signal } = await supervisor.exited
    if (interrupted !== undefined) return interrupted
    // Somebody else was quicker.
    if (code === 0 && !told) return await addToRunning(place)
    // What it could not even begin with, it has written where nobody looks.
    const log = readFileSync(place.supervisorLog, 'utf8').trimEnd()
    if (!told && log !== '') complain([log], ExitCode.notUp)
    if (code !== null) return code
    return complain(
      [asError(`the supervisor was ended by ${signal} before the stack was up`)],
      ExitCode.notUp,
    )
  } finally {
    interrupts.dispose()
  }
}
