/** Runs one acceptance gate: a program in a session of its own, ended with all it started when its time is over. */
import { dirname, join } from 'node:path'
import type { Guardian } from '../host/guardian.ts'
import { LogFile } from '../host/log-file.ts'
import { type Marker, markerEnvironment, ownerMarker } from '../host/marker.ts'
import { type Child, type Exit, spawnChild } from '../host/spawn.ts'
import { stopFamily } from '../host/stop.ts'
import { now } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errno.ts'
import { createRedactor } from '../kernel/redact.ts'
import { gatesIn } from './gate-records.ts'
import type { Gate, GateOutcome, GateRecord } from './types.ts'

const TAIL_LINES = 20
/** From SIGTERM to SIGKILL for a gate whose time is over. */
const GRACE_MS = 5_000

export interface GateSurroundings {
  /** Folder of the project, in which it runs. */
  readonly root: string
  readonly logs: string
  readonly env: NodeJS.ProcessEnv
  /** Values that must not be recorded. */
  readonly secrets: readonly string[]
  readonly marker: Marker
  readonly guardian: Guardian
  /** First Ctrl-C: end it in order. */
  readonly stop: AbortSignal
  /** Second Ctrl-C: kill it. */
  readonly kill: AbortSignal
}

/** Runs the gate to its end. Never rejects: what stands in the way is told in the record, which has no tree yet. */
export async function runGate(gate: Gate, o: GateSurroundings): Promise<GateRecord> {
  const at = new Date().toISOString()
  const startedAt = now()
  const owner = ownerMarker(o.marker, `gate:${gate.id}`)
  const redactor = createRedactor(o.secrets)
  let lost: string | undefined
  const log = new LogFile(join(gatesIn(o.logs), `${gate.id}.log`), {
    redact: o.secrets,
    onLost: (reason) => {
      lost = `its log could not be written: ${reason}`
    },
  })
  const tell = (end: End, note = lost): GateRecord => ({
    schema: 1,
    gate: gate.id,
    command: gate.command.map(redactor.text),
    at,
    ms: Math.round(now() - startedAt),
    ...end,
    ...(note !== undefined && { note }),
    output: log.tail(TAIL_LINES),
  })
  try {
    if (o.stop.aborted) return tell(ended('interrupted'))
    const env = environmentOf(o, owner)
    const spawned = await spawnChild({ command: gate.command, cwd: o.root, env, log })
    if (!spawned.ok) return tell(ended('not-started'), spawned.error.detail)
    return tell(...(await waitFor(spawned.value, gate, owner, o)))
  } catch (error) {
    return tell(ended('not-started'), messageOf(error))
  } finally {
    await log.close()
  }
}

type End = Pick<GateRecord, 'outcome' | 'exitCode' | 'signal'>

const ended = (outcome: GateOutcome, exit?: Exit): End => ({
  outcome,
  exitCode: exit?.code ?? null,
  signal: exit?.signal ?? null,
})

async function waitFor(
  child: Child,
  gate: Gate,
  owner: Marker,
  o: GateSurroundings,
): Promise<[end: End, note?: string]> {
  o.guardian.watchGroup(child.identity)
  const cut = Promise.withResolvers<'over-deadline' | 'interrupted'>()
  const timer = setTimeout(() => cut.resolve('over-deadline'), gate.deadlineMs)
  const interrupt = (): void => cut.resolve('interrupted')
  if (o.stop.aborted) interrupt()
  o.stop.addEventListener('abort', interrupt, { once: true })
  try {
    const how = await Promise.race([child.exited, cut.promise])
    const left = await endFamily(child, owner, how === 'interrupted' ? 'SIGINT' : 'SIGTERM', o.kill)
    await child.drained
    if (typeof how === 'string') return [ended(how, child.exit)]
    const note = left ? 'it left processes running, which were ended' : undefined
    const end = ended(how.code === 0 ? 'passed' : 'failed', how)
    return note === undefined ? [end] : [end, note]
  } finally {
    clearTimeout(timer)
    o.stop.removeEventListener('abort', interrupt)
    o.guardian.unwatchGroup(child.identity)
  }
}

/** @returns whether there was anything left to end. */
async function endFamily(
  child: Child,
  marker: Marker,
  firstSignal: NodeJS.Signals,
  kill: AbortSignal,
): Promise<boolean> {
  const { how } = await stopFamily({ child, marker, graceMs: GRACE_MS, firstSignal, kill })
  return how !== 'already-gone'
}

/** That of whoever runs the tool, with the project's own programs first on PATH. */
function environmentOf({ root, env, marker }: GateSurroundings, owner: Marker): Record<string, string> {
  const path = [join(root, 'node_modules/.bin'), dirname(process.execPath), env['PATH'] ?? '/usr/bin:/bin']
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(set), PATH: path.join(':'), ...markerEnvironment(marker, owner) }
}
