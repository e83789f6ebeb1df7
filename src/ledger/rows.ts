/** The rows of the ledger: one for every selected smoke, filled in as events arrive. */
import type { Event, EventOf, VerdictClass } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import type { SmokeResources } from '../kernel/resources.ts'
import type { Slowness } from '../kernel/slowness.ts'
import { createStepBudget, type Step, type StepBudget, StepList } from './step-list.ts'

export interface Row {
  readonly smoke: string
  readonly class: VerdictClass
  readonly ms: number
  /** Whole seconds, rounded down, as the ledger shows them. */
  readonly seconds: number
  readonly steps: number
  readonly expectations: number
  /** The steps that ended, in the order in which they began; of very many only some (`step-list.ts`). */
  readonly stepList: readonly Step[]
  /** How many steps that ended are not in `stepList`. */
  readonly stepsLeftOut: number
  readonly failures: readonly Failure[]
  /** Why it was skipped or not run. */
  readonly reason?: string
  /** It took longer than it does; a PASS all the same, unless the run was asked to fail for it. */
  readonly slow?: Slowness
  /** The claim. Empty for a smoke that was never begun. */
  readonly title: string
  /** Ids of the claims that it is evidence for, known before it begins. */
  readonly claims: readonly string[]
  readonly why?: string
  readonly logs: { readonly [daemon: string]: readonly string[] }
  /** What it used, and the daemons while it ran; absent for one that did not run. */
  readonly resources?: SmokeResources
}

interface Table {
  readonly rows: readonly Row[]
  readonly counts: Readonly<Record<VerdictClass, number>>
  /** What the engine must never do; each makes the run untrustworthy. */
  readonly faults: readonly string[]
}

export interface Rows {
  add(event: Event): void
  /** A failure to lay at a smoke's door. False when that smoke was not selected. */
  blame(smoke: string, failure: Failure): boolean
  /** The smoke that runs now. */
  running(): string | undefined
  current(): Table
  /** Undefined: it was not selected. */
  row(smoke: string): Row | undefined
}

interface Draft {
  title: string
  claims: readonly string[]
  steps: number
  expectations: number
  list: StepList
  failures: Failure[]
  /** Steps that were not ok and did not say why: cut short, when the smoke's end tells the reason. */
  unexplained: Failure[]
  finished?: EventOf<'smoke.finished'>
}

/**
 * For one run, whose events come in order: `run.started` makes the rows, all NOT RUN at first. Whatever does not fit
 * together becomes one of the `faults`, or fails its smoke; nothing is thrown.
 */
export function createRows(): Rows {
  const drafts = new Map<string, Draft>()
  const faults: string[] = []
  const budget = createStepBudget()
  let running: string | undefined

  function select(event: EventOf<'run.started'>): void {
    const chosen = new Set(event.selected)
    const inChain = event.chain.filter((smoke) => chosen.delete(smoke))
    for (const smoke of [...inChain, ...chosen]) {
      drafts.set(smoke, createDraft(budget, event.claims?.[smoke] ?? []))
    }
  }

  function finish(event: EventOf<'smoke.finished'>): void {
    const draft = drafts.get(event.smoke)
    if (running === event.smoke) running = undefined
    if (!draft) faults.push(`smoke ${event.smoke} ended but had not been selected`)
    else if (draft.finished) faults.push(`smoke ${event.smoke} ended twice`)
    else draft.finished = event
  }

  return {
    add(event) {
      if (event.type === 'run.started') select(event)
      else if (event.type === 'smoke.finished') finish(event)
      else if (event.type === 'smoke.started') {
        running = event.smoke
        const draft = drafts.get(event.smoke)
        if (draft) draft.title = event.title
      } else if (event.type === 'step.finished') {
        const draft = drafts.get(event.smoke)
        if (!draft) return
        draft.steps += 1
        draft.expectations += event.expectations
        draft.list.add(event)
        if (event.ok) return
        if (event.failure) draft.failures.push(event.failure)
        else draft.unexplained.push(stepWithoutReason(event))
      }
    },
    blame(smoke, failure) {
      const draft = drafts.get(smoke)
      draft?.failures.push(failure)
      return draft !== undefined
    },
    running: () => running,
    row(smoke) {
      const draft = drafts.get(smoke)
      return draft && toRow(smoke, draft)
    },
    current() {
      const counts = { PASS: 0, FAIL: 0, BLOCKED: 0, SKIP: 0, 'NOT RUN': 0 }
      const rows = [...drafts].map(([smoke, draft]) => toRow(smoke, draft))
      for (const row of rows) counts[row.class] += 1
      return { rows, counts, faults: [...faults] }
    },
  }
}

function createDraft(budget: StepBudget, claims: readonly string[]): Draft {
  const list = new StepList(budget)
  return { title: '', claims, steps: 0, expectations: 0, list, failures: [], unexplained: [] }
}

function stepWithoutReason(event: EventOf<'step.finished'>): Failure {
  return { tag: 'step-failed', smoke: event.smoke, step: event.step, mismatches: [] }
}

function toRow(smoke: string, draft: Draft): Row {
  const end = draft.finished
  if (!end) {
    const { title, steps, expectations } = draft
    const failures = [...draft.failures]
    return {
      smoke,
      class: 'NOT RUN',
      ms: 0,
      seconds: 0,
      steps,
      expectations,
      ...listSteps(draft, failures),
      failures,
      title,
      claims: draft.claims,
      logs: {},
    }
  }
  // The engine names the failures of steps again when the smoke ends; tell each once.
  const told = [...end.failures, ...draft.failures]
  // A smoke that was interrupted says so by its reason; its step has not failed.
  const all = told.length > 0 || end.verdict === 'NOT RUN' ? told : draft.unexplained
  const failures = [...new Map(all.map((f) => [identityOf(f), f])).values()]
  const contradicted = (end.verdict === 'PASS' || end.verdict === 'SKIP') && failures.length > 0
  return {
    smoke,
    class: contradicted ? 'FAIL' : end.verdict,
    ms: end.ms,
    seconds: Math.floor(end.ms / 1_000),
    steps: end.steps,
    expectations: end.expectations,
    ...listSteps(draft, failures),
    failures,
    ...(end.reason !== undefined && { reason: end.reason }),
    ...(end.slow && { slow: end.slow }),
    title: end.title,
    claims: draft.claims,
    ...(end.why !== undefined && { why: end.why }),
    logs: end.logs,
    ...(end.resources && { resources: end.resources }),
  }
}

function listSteps({ list }: Draft, failures: readonly Failure[]): Pick<Row, 'stepList' | 'stepsLeftOut'> {
  const places = new Map(failures.map((failure, i) => [identityOf(failure), i]))
  const stepList = list.steps((failure) => places.get(identityOf(failure)))
  return { stepList, stepsLeftOut: list.leftOut }
}

/** Two events may tell one failure; the end of one process is told with more or less of its log. */
function identityOf(failure: Failure): string {
  return failure.tag === 'died'
    ? JSON.stringify([failure.tag, failure.daemon, failure.code, failure.signal])
    : JSON.stringify(failure)
}
