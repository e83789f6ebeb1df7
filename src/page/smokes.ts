/** Each selected smoke of a run with its steps and what they asked and saw, read from its events. */
import type { VerdictClass } from '../kernel/event.ts'
import type { StepEvidence } from '../kernel/evidence.ts'
import { bounded } from '../kernel/text.ts'
import type { Row } from '../ledger/verdict.ts'
import type { RunRecord } from './read-run.ts'

export interface StepRun extends StepEvidence {
  readonly title: string
  readonly index: number
  /** Times are milliseconds on the run's clock. */
  readonly startedAt: number
  /** Absent: it was cut short. */
  endedAt?: number
  ok: boolean
  ms: number
  expectations: number
}

export interface SmokeRun {
  readonly id: string
  readonly class: VerdictClass
  readonly row: Row
  /** Absent: it was never begun. */
  readonly startedAt?: number
  /** For one that did not end: the end of what is known. */
  readonly endedAt?: number
  readonly steps: readonly StepRun[]
}

/** Characters of a title, and of longer texts of a smoke. */
const TITLE = 300
const TEXT = 2_000

interface Draft {
  startedAt?: number
  endedAt?: number
  readonly steps: Map<number, StepRun>
}

/** One for every row of the ledger, in its order. */
export function readSmokes({ events, verdict, endMs }: RunRecord): SmokeRun[] {
  const drafts = new Map<string, Draft>()
  const draftOf = (smoke: string): Draft => {
    const known = drafts.get(smoke)
    if (known) return known
    const draft: Draft = { steps: new Map() }
    drafts.set(smoke, draft)
    return draft
  }
  for (const event of events) {
    if (event.type === 'smoke.started') draftOf(event.smoke).startedAt ??= event.atMs
    else if (event.type === 'smoke.finished') draftOf(event.smoke).endedAt = event.atMs
    else if (event.type === 'step.started') {
      const { step, index, atMs } = event
      const begun = { title: bounded(step, TITLE), index, startedAt: atMs, ok: false, ms: 0, expectations: 0 }
      draftOf(event.smoke).steps.set(index, begun)
    } else if (event.type === 'step.finished') {
      const { requests, checks, omitted, ok, ms, expectations, index, atMs } = event
      const title = bounded(event.step, TITLE)
      const { steps } = draftOf(event.smoke)
      const startedAt = steps.get(index)?.startedAt ?? atMs - ms
      steps.set(index, {
        ...{ title, index, startedAt, endedAt: atMs, ok, ms, expectations },
        ...(requests && { requests }),
        ...(checks && { checks }),
        ...(omitted && { omitted }),
      })
    }
  }
  return verdict.rows.map((whole) => {
    const row = boundRow(whole)
    const draft = drafts.get(row.smoke)
    const startedAt = draft?.startedAt
    return {
      id: row.smoke,
      class: row.class,
      row,
      ...(startedAt === undefined ? {} : { startedAt, endedAt: draft?.endedAt ?? endMs }),
      steps: [...(draft?.steps.values() ?? [])].sort(
        (a, b) => a.startedAt - b.startedAt || a.index - b.index,
      ),
    }
  })
}

/** A smoke may say as much as it likes of itself; the page says it several times. */
function boundRow(row: Row): Row {
  const { title, why, reason } = row
  return {
    ...row,
    title: bounded(title, TITLE),
    ...(why !== undefined && { why: bounded(why, TEXT) }),
    ...(reason !== undefined && { reason: bounded(reason, TEXT) }),
  }
}
