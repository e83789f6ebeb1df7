/** Runs a plan: each node as soon as all it needs are done, independent ones side by side. */
import { ApiError, describeFailure } from '../kit/errors.ts'
import type { CallOptions, NodeWork } from './node-work.ts'
import type { Plan, WorkflowNode } from './plan.ts'
import { fillTemplate } from './template.ts'

/** Characters of JSON: what a run holds must fit into its record. */
const MAX_OUTPUT_CHARACTERS = 2 ** 20

export interface NodeResult {
  readonly type: string
  readonly status: 'ok' | 'failed' | 'skipped'
  readonly output?: unknown
  readonly error?: Readonly<Record<string, unknown>>
  /** From the start of the run, and how long it took; both 0 when it was skipped. */
  readonly started_ms: number
  readonly ms: number
}

export interface RunResult {
  readonly status: 'ok' | 'failed'
  readonly order: readonly string[]
  readonly nodes: Readonly<Record<string, NodeResult>>
}

export interface RunOptions extends CallOptions {
  readonly work: NodeWork
  /** Hears of each node as it ends. */
  readonly onNode: (id: string, result: NodeResult) => Promise<void>
}

async function runNode(
  node: WorkflowNode,
  outputs: ReadonlyMap<string, unknown>,
  { work, requestId, signal }: RunOptions,
): Promise<unknown> {
  signal.throwIfAborted()
  const output = (await work[node.type](fillTemplate(node.input, outputs), { requestId, signal })) ?? null
  if (JSON.stringify(output).length > MAX_OUTPUT_CHARACTERS) {
    throw new ApiError(
      422,
      'output_too_large',
      `the output is over ${MAX_OUTPUT_CHARACTERS} characters of JSON`,
    )
  }
  return output
}

/** Never rejects for what happens in a node; rejects when `onNode` does. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunResult> {
  const started = performance.now()
  const sinceStart = () => Math.round(performance.now() - started)
  const outputs = new Map<string, unknown>()

  const attempt = async (
    node: WorkflowNode,
    needed: readonly (NodeResult | undefined)[],
  ): Promise<NodeResult> => {
    const { type } = node
    const missing = node.needs.filter((_need, n) => needed[n]?.status !== 'ok')
    if (missing.length > 0) {
      const message = `not run: ${missing.map((need) => `"${need}"`).join(', ')} did not succeed`
      return {
        type,
        status: 'skipped',
        error: { code: 'skipped', message, needs: missing },
        started_ms: 0,
        ms: 0,
      }
    }
    const began = sinceStart()
    try {
      const output = await runNode(node, outputs, options)
      outputs.set(node.id, output)
      return { type, status: 'ok', output, started_ms: began, ms: sinceStart() - began }
    } catch (error) {
      return {
        type,
        status: 'failed',
        error: describeFailure(error),
        started_ms: began,
        ms: sinceStart() - began,
      }
    }
  }

  // In topological order, so that what a node needs is under way when its own turn comes.
  const running = new Map<string, Promise<NodeResult>>()
  for (const id of plan.order) {
    const node = plan.nodes.get(id)
    if (node === undefined) continue
    const needs = node.needs.map((need) => running.get(need))
    const done = Promise.all(needs).then(async (needed) => {
      const result = await attempt(node, needed)
      await options.onNode(id, result)
      return result
    })
    running.set(id, done)
  }
  const results = await Promise.all(plan.order.map(async (id) => [id, await running.get(id)] as const))
  const nodes = Object.fromEntries(results.flatMap(([id, result]) => (result ? [[id, result] as const] : [])))
  const status = Object.values(nodes).every((result) => result.status === 'ok') ? 'ok' : 'failed'
  return { status, order: plan.order, nodes }
}
