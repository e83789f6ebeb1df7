/** One run of a task: retrieve, ask, check, and escalate to the next model while the answer is invalid. */
import { z } from 'zod'
import { badGateway, describeFailure } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import { readArtifact } from './artifact.ts'
import { buildPrompt, type Message, type Passage } from './prompt.ts'
import type { Task } from './task.ts'

export interface Upstreams {
  /** Undefined: no retrieval, the baseline. */
  readonly matrixd: Upstream | undefined
  readonly chatd: Upstream
  readonly validatord: Upstream
}

type Failure = Readonly<Record<string, unknown>>

export interface Verdict {
  readonly valid: boolean
  /** Of a valid artifact. */
  readonly warnings?: unknown
  /** Of an invalid one, in validatord's wire form. */
  readonly fault?: unknown
}

export interface Attempt {
  readonly model: string
  readonly status: 'valid' | 'invalid' | 'failed'
  /** chatd's answer. */
  readonly answer?: unknown
  readonly artifact?: unknown
  readonly verdict?: Verdict
  /** Why there is no verdict. */
  readonly error?: Failure
  readonly ms: number
}

export interface Run {
  readonly retrieval:
    | { readonly enabled: false }
    | {
        readonly enabled: true
        readonly corpora: readonly string[]
        readonly k: number
        readonly results: readonly Passage[]
        readonly error?: Failure
      }
  readonly prompt: readonly Message[]
  readonly attempts: readonly Attempt[]
  readonly final: {
    /** `exhausted`: no model gave a valid artifact. `failed`: the run could not be made, `error` tells why. */
    readonly status: 'valid' | 'exhausted' | 'failed'
    readonly model?: string
    readonly artifact?: unknown
    readonly warnings?: unknown
    readonly error?: Failure
  }
}

const searchSchema = z.object({
  results: z.array(
    z.looseObject({
      corpus: z.string(),
      id: z.string(),
      score: z.number(),
      metadata: z.record(z.string(), z.unknown()),
      provenance: z.unknown(),
    }),
  ),
})
const chatSchema = z.looseObject({ content: z.string() })
const validSchema = z.looseObject({ valid: z.literal(true), warnings: z.unknown() })

/** Posts and checks the answer's shape; 502 `upstream_invalid` when it is another one. */
async function ask<T>(
  upstream: Upstream,
  path: string,
  body: unknown,
  requestId: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const answer = await upstream.json('POST', path, { body, requestId })
  const parsed = schema.safeParse(answer.body)
  if (parsed.success) return parsed.data
  throw badGateway(upstream.name, `${upstream.name} gave an answer that cannot be used`, {
    code: 'upstream_invalid',
  })
}

/** 422 is the verdict that it is invalid; anything else but 200 is a fault, of the task or of validatord. */
async function validate(
  task: Task,
  artifact: unknown,
  validatord: Upstream,
  requestId: string,
): Promise<Verdict> {
  const { kind, context } = task
  const { status, body } = await validatord.json('POST', '/v1/validate', {
    body: { kind, artifact, ...(context === undefined ? {} : { context }) },
    requestId,
    accept: [422],
  })
  if (status === 422) return { valid: false, fault: body }
  const parsed = validSchema.safeParse(body)
  if (parsed.success) return { valid: true, warnings: parsed.data.warnings }
  throw badGateway('validatord', 'validatord gave a verdict that cannot be used', {
    code: 'upstream_invalid',
  })
}

interface Answered {
  readonly attempt: Attempt
  /** Without a verdict no further model can help. */
  readonly fatal?: Failure
}

async function attemptModel(
  task: Task,
  model: string,
  messages: readonly Message[],
  { chatd, validatord }: Upstreams,
  requestId: string,
): Promise<Answered> {
  const started = performance.now()
  const end = () => ({ model, ms: Math.round(performance.now() - started) })
  const { max_tokens, temperature } = task
  let answer: z.infer<typeof chatSchema>
  try {
    answer = await ask(chatd, '/v1/chat', { model, messages, max_tokens, temperature }, requestId, chatSchema)
  } catch (error) {
    return { attempt: { ...end(), status: 'failed', error: describeFailure(error) } }
  }
  const artifact = readArtifact(answer.content)
  try {
    const verdict = await validate(task, artifact, validatord, requestId)
    return { attempt: { ...end(), status: verdict.valid ? 'valid' : 'invalid', answer, artifact, verdict } }
  } catch (error) {
    const failure = describeFailure(error)
    return { attempt: { ...end(), status: 'failed', answer, artifact, error: failure }, fatal: failure }
  }
}

async function retrieve(
  task: Task,
  matrixd: Upstream | undefined,
  requestId: string,
): Promise<Run['retrieval']> {
  const { corpora, k, filter, question: query } = task
  if (matrixd === undefined) return { enabled: false }
  try {
    const body = { query, corpora, k, ...(filter === undefined ? {} : { filter }) }
    const { results } = await ask(matrixd, '/v1/matrix/search', body, requestId, searchSchema)
    return { enabled: true, corpora, k, results }
  } catch (error) {
    return { enabled: true, corpora, k, results: [], error: describeFailure(error) }
  }
}

/** Never rejects: what goes wrong is part of the run. A model that fails is passed over like an invalid one. */
export async function runTask(
  task: Task,
  models: readonly string[],
  upstreams: Upstreams,
  requestId: string,
): Promise<Run> {
  const retrieval = await retrieve(task, upstreams.matrixd, requestId)
  const prompt = buildPrompt(task, retrieval.enabled ? retrieval.results : [])
  const attempts: Attempt[] = []
  // Without the context it was to have, an answer would pass for more than the baseline that it is.
  if (retrieval.enabled && retrieval.error !== undefined) {
    return { retrieval, prompt, attempts, final: { status: 'failed', error: retrieval.error } }
  }
  for (const model of models) {
    const { attempt, fatal } = await attemptModel(task, model, prompt, upstreams, requestId)
    attempts.push(attempt)
    if (fatal !== undefined) return { retrieval, prompt, attempts, final: { status: 'failed', error: fatal } }
    if (attempt.verdict?.valid) {
      const { artifact, verdict } = attempt
      return {
        retrieval,
        prompt,
        attempts,
        final: { status: 'valid', model, artifact, warnings: verdict.warnings },
      }
    }
  }
  return { retrieval, prompt, attempts, final: { status: 'exhausted' } }
}
