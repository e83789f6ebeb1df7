/** For the tests of this room: real processes, each ended with its whole family when the test is over. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { baseEnvironment } from './environment.ts'
import { LogFile } from './log-file.ts'
import { type Marker, markerEnvironment, ownerMarker, runMarker } from './marker.ts'
import { type Child, spawnChild } from './spawn.ts'
import { stopFamily } from './stop.ts'

let serial = 0

export function uniqueName(): string {
  serial += 1
  return `test-${process.pid}-${serial}-${Math.random().toString(36).slice(2, 8)}`
}

/** A folder that is removed after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'host-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Puppet {
  readonly child: Child
  readonly log: LogFile
  readonly marker: Marker
  /** Resolves with the first line, already written or to come, that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  logText(): string
}

/** Runs `node -e script`; with `command` that command instead. */
export async function startPuppet(o: {
  readonly script?: string
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly extraFds?: readonly number[]
  readonly log?: LogFile
}): Promise<Puppet> {
  const folder = makeFolder()
  const log = o.log ?? new LogFile(join(folder, 'puppet.log'))
  const marker = ownerMarker(runMarker(uniqueName()), 'puppet')
  const spawned = await spawnChild({
    command: o.command ?? [process.execPath, '-e', o.script ?? ''],
    cwd: folder,
    env: { ...baseEnvironment(), ...markerEnvironment(marker), ...o.env },
    log,
    ...(o.extraFds ? { extraFds: o.extraFds } : {}),
  })
  if (!spawned.ok) throw new Error(`puppet did not start: ${spawned.error.detail}`)
  const child = spawned.value
  onTestFinished(async () => {
    await stopFamily({ child, marker, graceMs: 0 })
    await log.close()
  })
  const line = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve) => {
      log.onLine(
        (text) => {
          const match = pattern.exec(text)
          if (match) resolve(match)
        },
        { replay: true },
      )
    })
  return { child, log, marker, line, logText: () => readFileSync(log.path, 'utf8') }
}

/** Polls until it holds; the test's own time-out is the deadline. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
