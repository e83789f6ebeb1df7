/** A workflow before it runs: its nodes checked, its references known, its order found. */
import { z } from 'zod'
import { type ApiError, badRequest } from '../kit/errors.ts'
import { payloadSchema } from './event.ts'
import { findReferences } from './template.ts'

const NODE_TYPES = ['echo', 'matrix.search', 'chat', 'validate', 'sql'] as const
export type NodeType = (typeof NODE_TYPES)[number]

const MAX_NODES = 100

export const workflowSchema = z.strictObject({
  nodes: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
        type: z.string(),
        needs: z.array(z.string()).default([]),
        input: payloadSchema.optional(),
      }),
    )
    .min(1)
    .max(MAX_NODES),
})

export interface WorkflowNode {
  readonly id: string
  readonly type: NodeType
  readonly needs: readonly string[]
  readonly input: unknown
}

export interface Plan {
  readonly nodes: ReadonlyMap<string, WorkflowNode>
  /** Every node after all that it needs; otherwise as in the request. */
  readonly order: readonly string[]
}

const refuse = (code: string, message: string, details: Record<string, unknown>): ApiError =>
  badRequest(message, { code, details })

/** A cycle as a path, each node needing the next, the first again at the end. Every node given needs another. */
function findCycle(nodes: ReadonlyMap<string, WorkflowNode>, stuck: ReadonlySet<string>): string[] {
  const path: string[] = []
  let [at] = stuck
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = nodes.get(at)?.needs.find((need) => stuck.has(need))
  }
  return at === undefined ? path : [...path.slice(path.indexOf(at)), at]
}

/** Takes, again and again, the first node in the order of the request whose needs are all taken. */
function sortNodes(nodes: ReadonlyMap<string, WorkflowNode>): string[] {
  const left = new Set(nodes.keys())
  const order: string[] = []
  while (left.size > 0) {
    const next = [...left].find((id) => nodes.get(id)?.needs.every((need) => !left.has(need)))
    if (next === undefined) {
      const path = findCycle(nodes, left)
      throw refuse('cycle', `the nodes need each other in a cycle: ${path.join(' → ')}`, { path })
    }
    order.push(next)
    left.delete(next)
  }
  return order
}

/** Everything the node needs, directly or through others. In topological order, so its needs are known before. */
function checkReferences({ nodes, order }: Plan): void {
  const reachable = new Map<string, Set<string>>()
  for (const id of order) {
    const node = nodes.get(id)
    const needs = node?.needs ?? []
    const mine = new Set(needs.flatMap((need) => [need, ...(reachable.get(need) ?? [])]))
    reachable.set(id, mine)
    for (const { text, node: referred } of findReferences(node?.input)) {
      if (mine.has(referred)) continue
      throw refuse(
        'undeclared_reference',
        `node "${id}" refers to ${text}, but does not need "${referred}"`,
        {
          node: id,
          reference: text,
        },
      )
    }
  }
}

/**
 * Checks a workflow as the request has it. 400: `duplicate_node`, `unknown_type`, `unknown_need`, `cycle` (with its
 * `path`), `undeclared_reference`, `bad_reference`.
 */
export function planWorkflow({ nodes: given }: z.infer<typeof workflowSchema>): Plan {
  const nodes = new Map<string, WorkflowNode>()
  for (const { id, type: name, needs, input } of given) {
    const type = NODE_TYPES.find((known) => known === name)
    if (nodes.has(id)) throw refuse('duplicate_node', `two nodes have the id "${id}"`, { node: id })
    if (type === undefined) {
      throw refuse(
        'unknown_type',
        `node "${id}" has the unknown type "${name}"; types are ${NODE_TYPES.join(', ')}`,
        {
          node: id,
          type: name,
          known: NODE_TYPES,
        },
      )
    }
    nodes.set(id, { id, type, needs: [...new Set(needs)], input: input ?? null })
  }
  for (const { id, needs } of nodes.values()) {
    const need = needs.find((other) => !nodes.has(other))
    if (need !== undefined) {
      throw refuse('unknown_need', `node "${id}" needs "${need}", which does not exist`, { node: id, need })
    }
  }
  const plan = { nodes, order: sortNodes(nodes) }
  checkReferences(plan)
  return plan
}
