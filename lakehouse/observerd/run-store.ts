/** Workflow runs as events: the log of events is their only record. */
import { randomUUID } from 'node:crypto'
import { notFound } from '../kit/errors.ts'
import type { EventStore } from './event-store.ts'
import type { NodeWork } from './node-work.ts'
import type { Plan } from './plan.ts'
import { type RunResult, runPlan } from './run.ts'

const SOURCE = 'observerd'
const STARTED = 'workflow.started'
const NODE = 'workflow.node'
const FINISHED = 'workflow.finished'

export interface RunRecord {
  readonly run_id: string
  /** `interrupted`: observerd ended before the run did. */
  readonly status: 'ok' | 'failed' | 'running' | 'interrupted'
  readonly order: readonly string[]
  readonly nodes: RunResult['nodes']
}

export class RunStore {
  readonly #events: EventStore
  readonly #work: NodeWork
  readonly #running = new Set<string>()

  constructor(events: EventStore, work: NodeWork) {
    this.#events = events
    this.#work = work
  }

  /** Runs to the end, or until the signal is aborted: what has not run by then fails or is skipped. */
  async run(plan: Plan, options: { requestId: string; signal: AbortSignal }): Promise<RunRecord> {
    const runId = randomUUID()
    this.#running.add(runId)
    try {
      const nodes = plan.order.map((id) => plan.nodes.get(id))
      const start = { run_id: runId, request_id: options.requestId, order: plan.order, nodes }
      await this.#record(STARTED, start, `${STARTED}:${runId}`)
      const result = await runPlan(plan, {
        ...options,
        work: this.#work,
        onNode: (id, { type, status, ms, error }) =>
          this.#record(NODE, { run_id: runId, node: id, type, status, ms, ...(error && { error }) }),
      })
      const record = { run_id: runId, ...result }
      await this.#record(FINISHED, record, `${FINISHED}:${runId}`)
      return record
    } finally {
      this.#running.delete(runId)
    }
  }

  /** 404 `run_not_found`. */
  get(runId: string): RunRecord {
    const finished = this.#find(FINISHED, runId)
    if (finished !== undefined) return finished
    const started = this.#find(STARTED, runId)
    if (started === undefined) {
      throw notFound(`no run "${runId}"`, { code: 'run_not_found', details: { run_id: runId } })
    }
    const status = this.#running.has(runId) ? 'running' : 'interrupted'
    return { run_id: runId, status, order: started.order, nodes: {} }
  }

  #find(kind: string, runId: string): RunRecord | undefined {
    const event = this.#events.find(`${kind}:${runId}`)
    // A caller may use such an id, but never this kind: its payload is what `run` wrote.
    return event?.kind === kind ? (event.payload as RunRecord) : undefined
  }

  async #record(kind: string, payload: Readonly<Record<string, unknown>>, id?: string): Promise<void> {
    await this.#events.record([{ ...(id === undefined ? {} : { id }), kind, source: SOURCE, payload }])
  }
}
