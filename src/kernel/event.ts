/**
 * What happens in a run, as one stream of typed, frozen events. The engine yields them and prints nothing;
 * reporters read them and decide nothing; the verdict is a pure function of them (`ledger/verdict.ts`).
 * The journal is these events, one JSON object a line, so every field is plain JSON.
 */
import type { StepEvidence } from './evidence.ts'
import type { Failure } from './failure.ts'
import type { Limits, Resources, SmokeResources } from './resources.ts'
import type { Slowness } from './slowness.ts'

/** PASS and FAIL are always counted in the ledger's last line; the others only where they occur. */
export type VerdictClass = 'PASS' | 'FAIL' | 'BLOCKED' | 'SKIP' | 'NOT RUN'

/** How surely the listening socket belongs to the daemon. `unknown` is shown, never taken for `proven`. */
export type Ownership = 'proven' | 'unknown' | 'no-socket'

export interface SocketAddress {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** `atMs`: monotonic milliseconds since the run started. */
interface Stamp {
  readonly atMs: number
}

export type EventBody =
  | {
      readonly type: 'run.started'
      readonly schema: 1
      readonly run: string
      /** Wall-clock start, ISO 8601; the only wall-clock time in the journal. */
      readonly at: string
      readonly dir: string
      readonly stack: { readonly name: string; readonly file: string }
      /** The declared chain, and what of it this run was asked for. */
      readonly chain: readonly string[]
      readonly selected: readonly string[]
      /** Ids of the claims that each selected smoke is evidence for; smokes without any are left out. */
      readonly claims?: { readonly [smoke: string]: readonly string[] }
      readonly tool: { readonly version: string; readonly node: string; readonly platform: string }
      /** How to run one smoke again, without the smoke's name. */
      readonly rerun: string
    }
  | {
      /** On what the run is made, as it begins: durations depend on it. */
      readonly type: 'machine.noted'
      /** Model of the processor; empty where the system does not tell. */
      readonly cpu: string
      readonly cores: number
      /** One-minute load average: processes that wanted a core. */
      readonly load: number
      /** The cores are kept busy on purpose (`--stress`). */
      readonly stressed: boolean
    }
  | {
      /** The working state that the run was made from; never comes where no git tree tells it. */
      readonly type: 'tree.noted'
      /** Id of the git tree: what a commit of everything that is not ignored would record. */
      readonly tree: string
      /** It differs from the commit that is checked out. */
      readonly dirty: boolean
    }
  | {
      readonly type: 'boot.started'
      readonly daemons: readonly string[]
      /** PID of the supervisor of a stack that was up already: its daemons are looked at, none is booted or stopped. */
      readonly attachedTo?: number
    }
  | {
      readonly type: 'daemon.spawned'
      readonly daemon: string
      /** Counts from 1; a restart is the next incarnation. */
      readonly incarnation: number
      readonly pid: number
      readonly sockets: readonly SocketAddress[]
      readonly needs: readonly string[]
      /** Its budgets; absent when it has none. */
      readonly limits?: Limits
    }
  | {
      readonly type: 'daemon.ready'
      readonly daemon: string
      readonly incarnation: number
      /** From spawn to ready. */
      readonly ms: number
      readonly ownership: Ownership
      readonly attempts: number
    }
  | { readonly type: 'daemon.failed'; readonly daemon: string; readonly failure: Failure }
  | {
      /** The process ended. `expected`: we, or a smoke through us, had asked for it. */
      readonly type: 'daemon.exited'
      readonly daemon: string
      readonly incarnation: number
      readonly code: number | null
      readonly signal: string | null
      readonly expected: boolean
      /** The smoke that was running, if any. */
      readonly during: string | null
      readonly failure?: Failure
    }
  | {
      readonly type: 'daemon.stopped'
      readonly daemon: string
      readonly ms: number
      /** `killed`: SIGTERM was not enough within the grace. */
      readonly how: 'terminated' | 'killed' | 'already-gone'
      /** Used in the run until now, by all incarnations. */
      readonly resources?: Resources
    }
  | {
      readonly type: 'daemon.sampled'
      readonly daemon: string
      readonly cpuPercent: number
      readonly rssBytes: number
      readonly processes: number
      /** Used in the run until now, by all incarnations. */
      readonly resources?: Resources
    }
  | {
      /** A supervisor will start it again after the pause. `attempt` counts from 1, up to `limit`. */
      readonly type: 'daemon.restarting'
      readonly daemon: string
      readonly attempt: number
      readonly limit: number
      readonly afterMs: number
    }
  | {
      /** A supervisor has given up on it, after so many restarts that did not last. */
      readonly type: 'daemon.abandoned'
      readonly daemon: string
      readonly attempts: number
    }
  | {
      readonly type: 'boot.finished'
      readonly ok: boolean
      readonly ms: number
    }
  | { readonly type: 'smoke.started'; readonly smoke: string; readonly title: string }
  | { readonly type: 'step.started'; readonly smoke: string; readonly step: string; readonly index: number }
  | ({
      readonly type: 'step.finished'
      readonly smoke: string
      readonly step: string
      readonly index: number
      readonly ok: boolean
      readonly ms: number
      readonly expectations: number
      /** Of the smoke's claims, those that this step is the evidence for. */
      readonly claims?: readonly string[]
      readonly failure?: Failure
    } & StepEvidence)
  | {
      readonly type: 'smoke.finished'
      readonly smoke: string
      readonly verdict: VerdictClass
      readonly ms: number
      readonly steps: number
      readonly expectations: number
      /** Why it is not PASS; for SKIP the reason is `reason`. */
      readonly failures: readonly Failure[]
      readonly reason?: string
      /** It took longer than it does. With `--fail-on-slow` that alone makes it a FAIL. */
      readonly slow?: Slowness
      /** The claim's sentence and what is at stake, printed on failure. */
      readonly title: string
      readonly why?: string
      /** Log tails of the daemons concerned, on anything but PASS and SKIP. */
      readonly logs: { readonly [daemon: string]: readonly string[] }
      /** What it used, and the daemons while it ran. Absent for one that did not run. */
      readonly resources?: SmokeResources
    }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'evidence.lost'; readonly failure: Failure }
  | { readonly type: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  | { readonly type: 'stop.started' }
  | { readonly type: 'leak.found'; readonly failure: Failure }
  | { readonly type: 'stop.finished'; readonly ms: number; readonly leaks: number }
  | { readonly type: 'tool.fault'; readonly failure: Failure }
  | { readonly type: 'run.finished'; readonly ms: number }

export type Event = EventBody & Stamp
export type EventOf<T extends EventBody['type']> = Extract<Event, { type: T }>

/** Takes an event the moment it happens. Synchronous, so that the journal has it before anything goes on. */
export type Emit = (event: EventBody) => void
