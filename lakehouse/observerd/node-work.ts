/** What a node of each type does: echo hands its input on, the others ask a daemon. */
import { ApiError, badGateway } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import type { NodeType } from './plan.ts'

export interface CallOptions {
  readonly requestId: string
  readonly signal: AbortSignal
}

/** Each type's work. Rejects with an `ApiError` when the node fails. */
export type NodeWork = Readonly<Record<NodeType, (input: unknown, options: CallOptions) => Promise<unknown>>>

/** The daemon and the route of the types that ask one. */
const ROUTES = {
  'matrix.search': { daemon: 'matrixd', path: '/v1/matrix/search' },
  chat: { daemon: 'chatd', path: '/v1/chat' },
  validate: { daemon: 'validatord', path: '/v1/validate' },
  sql: { daemon: 'queryd', path: '/v1/sql' },
} as const
type RemoteType = keyof typeof ROUTES
export type RemoteDaemon = (typeof ROUTES)[RemoteType]['daemon']
export const REMOTE_DAEMONS: readonly RemoteDaemon[] = Object.values(ROUTES).map(({ daemon }) => daemon)

/** Answers that are about the node's input: their own code and message tell more than "upstream error". */
const CALLER_FAULTS = [400, 404, 409, 413, 422]

interface ErrorBody {
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
}

function describeRefusal(daemon: string, status: number, body: unknown): ApiError {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody
  const code = typeof error?.code === 'string' ? error.code : 'upstream_error'
  const message = typeof error?.message === 'string' ? error.message : `${daemon} answered ${status}`
  return new ApiError(status, code, message, { details: { upstream: daemon, upstream_status: status } })
}

/** A chat node puts out text; no kind of artifact is a text, so one that holds JSON is taken for what it says. */
function readArtifact(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('artifact' in input)) return input
  if (typeof input.artifact !== 'string') return input
  try {
    return { ...input, artifact: JSON.parse(input.artifact) }
  } catch {
    // Text that is no JSON: what is wrong with it is for validatord to say.
    return input
  }
}

/** @param timeoutMs of one node's request */
export function createNodeWork(
  upstreams: Readonly<Partial<Record<RemoteDaemon, Upstream>>>,
  timeoutMs: number,
): NodeWork {
  const ask = async (type: RemoteType, input: unknown, options: CallOptions): Promise<unknown> => {
    const { daemon, path } = ROUTES[type]
    const upstream = upstreams[daemon]
    if (upstream === undefined) throw badGateway(daemon, `[services] has no URL for ${daemon}`)
    const { status, body } = await upstream.json('POST', path, {
      ...options,
      timeoutMs,
      body: input,
      accept: CALLER_FAULTS,
    })
    if (status < 300) return body
    if (type === 'validate' && status === 422) {
      throw new ApiError(422, 'invalid_artifact', 'validatord finds the artifact invalid', {
        details: { upstream: daemon, fault: body },
      })
    }
    throw describeRefusal(daemon, status, body)
  }
  return {
    echo: async (input) => input,
    'matrix.search': (input, options) => ask('matrix.search', input, options),
    chat: (input, options) => ask('chat', input, options),
    validate: (input, options) => ask('validate', readArtifact(input), options),
    sql: (input, options) => ask('sql', input, options),
  }
}
