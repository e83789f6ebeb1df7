/** Runs a smoke that is any executable: exit code 0 is PASS, 77 is SKIP, TAP on standard output counts as steps. */
import { type ChildProcess, spawn } from 'node:child_process'
import { baseEnvironment } from '../../host/environment.ts'
import type { Guardian } from '../../host/guardian.ts'
import type { LogFile } from '../../host/log-file.ts'
import { type Marker, markerEnvironment, ownerMarker } from '../../host/marker.ts'
import { type FamilyQuery, identify, type ProcessIdentity } from '../../host/process-table.ts'
import { readClaimTags, stripClaimTags } from '../../kernel/claim-tags.ts'
import { now } from '../../kernel/clock.ts'
import type { Emit } from '../../kernel/event.ts'
import type { Failure } from '../../kernel/failure.ts'
import { printable } from '../../kernel/text.ts'
import { formatDuration } from '../../kernel/units.ts'
import { type TapPoint, TapReader, type TapSummary } from '../tap.ts'
import type { DaemonDescription, SmokeInfo, SmokeOutcome } from '../types.ts'
import { endLeftovers, killFamily } from './family.ts'
import { LineReader } from './line-reader.ts'

const SKIPPED = 77
const TAIL_LINES = 15
/** How long the rest of the output may take after the process has gone: a grandchild may hold the pipe open. */
const DRAIN_MS = 500

export interface ExecutableRun {
  readonly info: SmokeInfo
  readonly log: LogFile
  readonly run: Marker
  readonly guardian: Guardian
  readonly root: string
  readonly dataDir: string
  readonly signal: AbortSignal
  readonly emit: Emit
  daemons(): readonly DaemonDescription[]
  /** Called with the program's process, once it runs. */
  onStart(program: ProcessIdentity): void
}

type End =
  | { readonly how: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly how: 'over-budget' | 'aborted' }
  | { readonly how: 'not-started'; readonly detail: string }

/**
 * Resolves when the program is gone with whatever it started; its budget, or the signal, ends them. Cut short by the
 * signal it is a FAIL without failures, `reason` says `interrupted`. The log is the caller's to close.
 */
export async function runExecutable(o: ExecutableRun): Promise<SmokeOutcome> {
  const owner = ownerMarker(o.run, `smoke:${o.info.id}`)
  const steps = new Steps(o)
  const child = spawn(o.info.file, [], {
    cwd: o.root,
    env: { ...baseEnvironment(), ...markerEnvironment(o.run, owner), ...describeStack(o) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  if (identity) {
    o.guardian.watchGroup(identity)
    o.onStart(identity)
  }
  const family: FamilyQuery = {
    marker: owner,
    ...(identity ? { pid: identity.pid, sid: identity.pid, startTime: identity.startTime } : {}),
  }
  const lines = new LineReader((line) => steps.takeLine(line))
  child.stdout?.on('data', (chunk: Buffer) => {
    o.log.write(chunk)
    lines.push(chunk)
  })
  child.stderr?.on('data', (chunk: Buffer) => o.log.write(chunk))
  const end = await waitForEnd(child, o)
  const cutShort = end.how === 'over-budget' || end.how === 'aborted'
  if (cutShort) await killFamily(family)
  const left = end.how === 'exited' ? await endLeftovers(family) : []
  await drain(child)
  lines.end()
  if (identity) o.guardian.unwatchGroup(identity)
  return judge(o, end, steps, left)
}

/** What a program in any language needs to find the stack: `SMOKECHAIN_QUERYD_URL`, …_HOST, …_PORT for each need. */
function describeStack(o: ExecutableRun): Record<string, string> {
  const env: Record<string, string> = {
    SMOKECHAIN_SMOKE: o.info.id,
    SMOKECHAIN_ROOT: o.root,
    SMOKECHAIN_DATA: o.dataDir,
  }
  for (const daemon of o.daemons()) {
    const [first] = daemon.binds
    if (!o.info.needs.includes(daemon.name) || !first) continue
    for (const bind of daemon.binds) {
      const names = bind === first ? [daemon.name] : []
      for (const name of [...names, ...(daemon.binds.length > 1 ? [`${daemon.name}_${bind.name}`] : [])]) {
        const prefix = `SMOKECHAIN_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
        env[`${prefix}_URL`] = `http://${bind.host.includes(':') ? `[${bind.host}]` : bind.host}:${bind.port}`
        env[`${prefix}_HOST`] = bind.host
        env[`${prefix}_PORT`] = String(bind.port)
      }
    }
  }
  return env
}

async function waitForEnd(child: ChildProcess, o: ExecutableRun): Promise<End> {
  const end = Promise.withResolvers<End>()
  const abort = (): void => end.resolve({ how: 'aborted' })
  if (o.signal.aborted) abort()
  o.signal.addEventListener('abort', abort, { once: true })
  const budget = setTimeout(() => end.resolve({ how: 'over-budget' }), o.info.budgetMs)
  child.on('exit', (code, signal) => end.resolve({ how: 'exited', code, signal }))
  child.on('error', (error) => end.resolve({ how: 'not-started', detail: error.message }))
  try {
    return await end.promise
  } finally {
    clearTimeout(budget)
    o.signal.removeEventListener('abort', abort)
  }
}

async function drain(child: ChildProcess): Promise<void> {
  const closed = Promise.withResolvers<void>()
  if (child.stdout?.closed !== false && child.stderr?.closed !== false) return
  child.once('close', () => closed.resolve())
  const timer = setTimeout(() => closed.resolve(), DRAIN_MS)
  await closed.promise
  clearTimeout(timer)
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** Test points as steps, told as they come. */
class Steps {
  readonly #o: ExecutableRun
  readonly #tap = new TapReader()
  readonly #startedAt = now()
  readonly #titles = new Set<string>()
  #lastAt = now()
  #count = 0
  expectations = 0

  constructor(o: ExecutableRun) {
    this.#o = o
  }

  get count(): number {
    return this.#count
  }

  takeLine(line: string): void {
    const point = this.#tap.push(printable(line))
    if (point) this.#tell(point)
  }

  finish(): TapSummary {
    return this.#tap.finish()
  }

  /** Without TAP, the exit code is all there is to expect. */
  tellExit(ok: boolean): void {
    this.#emit('exits 0', ok, now() - this.#startedAt, 1)
  }

  #tell(point: TapPoint): void {
    const at = now()
    const ms = at - this.#lastAt
    this.#lastAt = at
    const claims = readClaimTags(point.title)
    const base = stripClaimTags(point.title) || `point ${point.number}`
    const title = this.#titles.has(base) ? `${base} (${point.number})` : base
    this.#titles.add(title)
    const ok = point.ok || point.directive === 'todo'
    this.#emit(title, ok, ms, point.directive === undefined ? 1 : 0, claims)
  }

  #emit(step: string, ok: boolean, ms: number, expectations: number, claims: readonly string[] = []): void {
    const { emit, info } = this.#o
    const index = this.#count
    this.#count += 1
    this.expectations += expectations
    emit({ type: 'step.started', smoke: info.id, step, index })
    emit({
      type: 'step.finished',
      smoke: info.id,
      step,
      index,
      ok,
      ms,
      expectations,
      ...(claims.length > 0 && { claims }),
    })
  }
}

function judge(o: ExecutableRun, end: End, steps: Steps, left: readonly string[]): SmokeOutcome {
  const { info, log } = o
  const tap = steps.finish()
  const skipped = end.how === 'exited' && end.code === SKIPPED && tap.failed.length === 0
  const passed = end.how === 'exited' && end.code === 0 && tap.failed.length === 0
  const skipReason = skipped ? lastLine(log) : passed ? tap.skippedAll : undefined
  if (!tap.isTap && end.how === 'exited' && !skipped) steps.tellExit(end.code === 0)
  const failures: Failure[] = []
  const broken = (
    how: 'over-budget' | 'left-process' | 'proved-nothing' | 'exited',
    detail: string,
  ): void => {
    failures.push({ tag: 'smoke-broken', smoke: info.id, how, detail })
  }
  if (end.how === 'not-started') broken('exited', `it could not be started: ${end.detail}`)
  else if (end.how === 'over-budget') broken('over-budget', formatDuration(info.budgetMs))
  else if (end.how === 'exited' && !skipped && !passed) {
    const { code, signal } = end
    const output = log.tail(TAIL_LINES)
    failures.push({ tag: 'command-failed', smoke: info.id, code, signal, output, failedPoints: tap.failed })
  } else if (passed && skipReason === undefined && steps.expectations === 0) {
    broken('proved-nothing', 'none of its TAP points claims anything')
  }
  if (left.length > 0) {
    broken('left-process', `still running when the smoke had ended (now killed): ${left.join(', ')}`)
  }
  const counts = { steps: steps.count, expectations: steps.expectations }
  if (end.how === 'aborted') return { verdict: 'FAIL', failures: [], ...counts, reason: 'interrupted' }
  if (failures.length > 0) return { verdict: 'FAIL', failures, ...counts }
  if (skipReason !== undefined) return { verdict: 'SKIP', failures: [], ...counts, reason: skipReason }
  return { verdict: 'PASS', failures: [], ...counts }
}

const lastLine = (log: LogFile): string =>
  log.tail(20).findLast((line) => line.trim() !== '') ?? 'no reason given'
