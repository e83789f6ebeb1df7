/** Describes and runs smokes, whatever they are written in; the chain decides which and when. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Guardian } from '../host/guardian.ts'
import { LogFile } from '../host/log-file.ts'
import type { Marker } from '../host/marker.ts'
import type { ProcessIdentity } from '../host/process-table.ts'
import type { Emit } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { createRedactor } from '../kernel/redact.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { checkNeeds } from './check-needs.ts'
import { describeExecutable } from './describe-executable.ts'
import { OwnUse } from './own-use.ts'
import { redactSecrets } from './redact.ts'
import { type HostSupply, loadAll } from './runtime/load-all.ts'
import { runExecutable } from './runtime/run-executable.ts'
import { runTypescript } from './runtime/run-typescript.ts'
import { SmokeHost } from './runtime/smoke-host.ts'
import { StackSession } from './stack-session.ts'
import type {
  DaemonDescription,
  SmokeFile,
  SmokeInfo,
  SmokeOutcome,
  SmokeProblem,
  SmokeRunner,
  StackControls,
  Trial,
} from './types.ts'

export { discoverSmokes } from './discover.ts'
export type { SmokeRunner } from './types.ts'

export interface SmokeRunnerOptions {
  readonly run: {
    readonly id: string
    readonly marker: Marker
    /** The run's directory; logs go to `smokes/<id>.log` in it. */
    readonly dir: string
    /** The run's data folder, thrown away with it. */
    readonly dataDir: string
  }
  readonly root: string
  readonly guardian: Guardian
  readonly emit: Emit
  readonly controls: StackControls
  readonly secrets: readonly string[]
  /** Absent: the usual run, in which the first failed step ends its smoke. */
  readonly trial?: Trial
  /** Started in advance, with this root and marker, and not used yet; from now on the runner's own. */
  readonly host?: SmokeHost
  daemons(): readonly DaemonDescription[]
}

/**
 * Makes `smokes/` in the run's directory; throws the system's error when it cannot. Its maker calls `close`, which
 * also ends a host that was handed to it.
 */
export function createSmokeRunner(o: SmokeRunnerOptions): SmokeRunner {
  return new Runner(o)
}

class Runner implements SmokeRunner {
  readonly #o: SmokeRunnerOptions
  readonly #hosts: HostSupply
  readonly #emit: Emit
  readonly #redact: (text: string) => string
  #host: SmokeHost | undefined

  constructor(o: SmokeRunnerOptions) {
    this.#o = o
    this.#redact = createRedactor(o.secrets).text
    this.#emit = (event) => o.emit(redactSecrets(event, o.secrets))
    this.#hosts = {
      get: async () => {
        const late = this.#host?.late
        if (late !== undefined) {
          this.#emit({
            type: 'warning',
            message: `something an earlier smoke had left failed after it: ${late}`,
          })
        }
        if (this.#host && (late !== undefined || !this.#host.isAlive)) await this.#hosts.discard(this.#host)
        this.#host ??= this.#startHost()
        return this.#host
      },
      discard: async (host) => {
        if (this.#host === host) this.#host = undefined
        await host.kill()
      },
    }
    mkdirSync(join(o.run.dir, 'smokes'), { recursive: true })
    o.host?.guardBy(o.guardian)
    this.#host = o.host
  }

  async describe(files: readonly SmokeFile[]): Promise<Result<SmokeInfo[], SmokeProblem[]>> {
    const known = this.#o.daemons().map((daemon) => daemon.name)
    const problems: SmokeProblem[] = []
    const infos = new Map<string, SmokeInfo>()
    const modules = files.filter((file) => file.kind === 'typescript')
    for (const file of files.filter((each) => each.kind === 'executable')) {
      const described = describeExecutable(file, known)
      if (described.ok) infos.set(file.id, described.value)
      else problems.push(...described.error)
    }
    for (const loaded of await loadAll(modules, this.#hosts)) {
      if (loaded.ok) infos.set(loaded.smoke.id, { ...loaded.smoke, ...loaded.described })
      else problems.push(...loaded.problems)
    }
    for (const info of infos.values()) problems.push(...checkNeeds(info, known))
    const order = files.map((file) => file.file)
    if (problems.length > 0) {
      return err(problems.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file)))
    }
    return ok(files.flatMap((file) => infos.get(file.id) ?? []))
  }

  async run(info: SmokeInfo, { signal }: { signal: AbortSignal }): Promise<SmokeOutcome> {
    const { run, secrets } = this.#o
    const path = join(run.dir, 'smokes', `${info.id}.log`)
    const lost = (reason: string): void =>
      this.#emit({ type: 'evidence.lost', failure: { tag: 'evidence-lost', path, reason } })
    let log: LogFile | undefined
    try {
      log = new LogFile(path, { redact: secrets, onLost: lost })
      return redactSecrets(await this.#runLogged(info, signal, log), secrets)
    } catch (error) {
      // A bug of ours must not take the chain down; it fails the smoke that met it.
      const message = error instanceof Error ? error.message : String(error)
      const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}
      return failed([{ tag: 'tool-fault', message: `while running ${info.id}: ${message}`, ...stack }])
    } finally {
      await log?.close()
    }
  }

  warmUp(): void {
    this.#host ??= this.#startHost()
  }

  async close(): Promise<void> {
    const host = this.#host
    this.#host = undefined
    await host?.kill()
  }

  async #runLogged(info: SmokeInfo, signal: AbortSignal, log: LogFile): Promise<SmokeOutcome> {
    if (signal.aborted) return { ...failed([]), reason: 'interrupted' }
    const use = new OwnUse(() => log.bytes)
    try {
      return await this.#runMeasured(info, signal, log, use)
    } finally {
      use.end()
    }
  }

  async #runMeasured(info: SmokeInfo, signal: AbortSignal, log: LogFile, use: OwnUse): Promise<SmokeOutcome> {
    const { run, root, guardian } = this.#o
    const shared = {
      info,
      log,
      run: run.marker,
      root,
      dataDir: run.dataDir,
      signal,
      emit: this.#emit,
      ...(this.#o.trial === undefined ? {} : { trial: this.#o.trial }),
      daemons: () => this.#o.daemons(),
    }
    if (info.kind === 'executable') {
      const onStart = (program: ProcessIdentity): void => use.followProgram(program)
      return withUse(await runExecutable({ ...shared, guardian, onStart }), use)
    }
    const session = new StackSession(info, this.#o.controls)
    const host = await this.#hosts.get()
    await host.ready
    if (host.identity) use.followHost(host.identity)
    const redact = this.#redact
    const { outcome, clean } = await runTypescript({ ...shared, host, session, redact })
    if (!clean) {
      // The next smoke shall not wait for its host to start.
      this.#host = this.#startHost()
    }
    return addStackFailures(withUse(outcome, use), info, session, await session.restore(signal))
  }

  #startHost(): SmokeHost {
    const { root, run, guardian } = this.#o
    const host = new SmokeHost({ root, marker: run.marker })
    host.guardBy(guardian)
    return host
  }
}

function withUse(outcome: SmokeOutcome, use: OwnUse): SmokeOutcome {
  const own = use.end()
  return own ? { ...outcome, own } : outcome
}

const failed = (failures: Failure[]): SmokeOutcome => ({
  verdict: 'FAIL',
  failures,
  steps: 0,
  expectations: 0,
})

/** A daemon left stopped is a fault of a smoke that otherwise passed; of one that failed it is a consequence. */
function addStackFailures(
  outcome: SmokeOutcome,
  info: SmokeInfo,
  session: StackSession,
  left: readonly string[],
): SmokeOutcome {
  const failures = [...outcome.failures, ...session.failures]
  if (left.length > 0 && outcome.verdict !== 'FAIL') {
    const detail = `${left.join(', ')} (started again by the tool)`
    failures.push({ tag: 'smoke-broken', smoke: info.id, how: 'left-stopped', detail })
  }
  return failures.length === outcome.failures.length ? outcome : { ...outcome, verdict: 'FAIL', failures }
}
