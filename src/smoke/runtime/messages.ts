/** What the tool and a smoke host say to each other over the IPC channel. Plain JSON both ways. */
import type { StepEvidence } from '../../kernel/evidence.ts'
import type { Failure } from '../../kernel/failure.ts'
import type { DaemonDescription, SmokeProblem, Trial } from '../types.ts'

/** Everything a smoke host must know to run one smoke. */
export interface RunOrder {
  readonly id: string
  readonly file: string
  /** The smoke's claims; a step may name some of them. */
  readonly claims: readonly string[]
  /** The descriptions of the daemons the smoke needs. */
  readonly daemons: readonly DaemonDescription[]
  /** All daemons of the stack, so that a use without a need can be told from a slip of the pen. */
  readonly known: readonly string[]
  readonly root: string
  readonly dataDir: string
  /** Value of SMOKECHAIN_OWNER for whatever the smoke starts. */
  readonly owner: string
  /** Written to standard output when the smoke is over: what came before it belongs to this smoke's log. */
  readonly boundary: string
  readonly trial?: Trial
}

/** A smoke's own words, without what the tool adds. */
export interface Described {
  readonly title: string
  readonly why?: string
  readonly needs: readonly string[]
  readonly claims: readonly string[]
  readonly budgetMs: number
}

/** How a smoke ended, as far as its own process can tell. */
export interface Finished {
  readonly failures: readonly Failure[]
  /** Present: the smoke was skipped. */
  readonly skipped?: string
  /** Something may still be going on in there: this host must not run another smoke. */
  readonly dirty: boolean
  /** Processes were started: somebody must look whether they are gone. */
  readonly spawned: boolean
}

export type Control =
  | { readonly verb: 'restart' | 'stop'; readonly daemon: string; readonly signal?: NodeJS.Signals }
  | { readonly verb: 'start'; readonly daemon: string }

export type ToHost =
  | { readonly type: 'load'; readonly call: number; readonly file: string }
  | { readonly type: 'run'; readonly call: number; readonly order: RunOrder }
  | { readonly type: 'controlled'; readonly call: number; readonly failure?: string; readonly pid?: number }
  /** Asks what the smoke is waiting for; no answer means that its event loop does not turn. */
  | { readonly type: 'report'; readonly call: number }

export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly call: number; readonly described: Described }
  | { readonly type: 'not-loaded'; readonly call: number; readonly problems: readonly SmokeProblem[] }
  | {
      readonly type: 'step.started'
      readonly step: string
      readonly index: number
      readonly claims?: readonly string[]
    }
  | ({
      readonly type: 'step.finished'
      readonly step: string
      readonly index: number
      readonly ok: boolean
      readonly ms: number
      readonly expectations: number
      readonly failure?: Failure
    } & StepEvidence)
  | { readonly type: 'control'; readonly call: number; readonly control: Control }
  | { readonly type: 'report'; readonly call: number; readonly waitingFor: readonly string[] }
  | { readonly type: 'finished'; readonly call: number; readonly finished: Finished }
  /** An error after the smoke was over, or between smokes. */
  | { readonly type: 'late'; readonly detail: string }

/** Wraps a message, so that whatever else a smoke sends through its process's channel is told apart. */
export interface Envelope<M> {
  readonly smokechain: string
  readonly message: M
}
