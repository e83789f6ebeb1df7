/** Test doubles of embedd and vectord: a vocabulary of few words, and indexes in memory scored by cosine. */
import { ApiError } from '../kit/errors.ts'
import type { JsonRequestOptions, Upstream } from '../kit/upstream.ts'
import { computeCosine } from './vector.ts'

const VOCABULARY = ['reset', 'password', 'invoice', 'bread', 'bake', 'deploy', 'gateway', 'backup']

/** How often each word of the vocabulary occurs; the last component keeps the vector from being zero. */
function embedWords(text: string): number[] {
  const words = text.toLowerCase().split(/\W+/)
  return [...VOCABULARY.map((word) => words.filter((other) => other === word).length), 0.1]
}

export interface FakeItem {
  readonly id: string
  readonly text: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface Call {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly requestId: string | undefined
}

export interface FakeUpstream extends Upstream {
  readonly calls: Call[]
  /** Answers instead of the double, when it returns something; may throw. */
  intercept: (call: Call) => { status: number; body: unknown } | undefined
}

function makeUpstream(name: string, answer: (call: Call) => { status: number; body: unknown }): FakeUpstream {
  const fake: FakeUpstream = {
    name,
    baseUrl: `http://${name}`,
    calls: [],
    intercept: () => undefined,
    async json<T>(_method: string, path: string, options: JsonRequestOptions = {}) {
      const call = { path, body: { ...(options.body as object) }, requestId: options.requestId }
      fake.calls.push(call)
      const { status, body } = fake.intercept(call) ?? answer(call)
      if (status >= 300 && !options.accept?.includes(status)) {
        throw new ApiError(502, 'upstream_error', `${name} answered ${status}`, {
          details: { upstream: name },
        })
      }
      return { status, body: body as T, headers: new Headers() }
    },
    raw: () => Promise.reject(new Error('not used')),
  }
  return fake
}

export function createFakeEmbedd(): FakeUpstream {
  return makeUpstream('embedd', ({ body }) => {
    const vectors = (body['texts'] as string[]).map(embedWords)
    return { status: 200, body: { model: 'words', dimension: vectors[0]?.length, vectors, cache_hits: 0 } }
  })
}

export function createFakeVectord(indexes: Readonly<Record<string, readonly FakeItem[]>>): FakeUpstream {
  return makeUpstream('vectord', ({ path, body }) => {
    const name = decodeURIComponent(path.split('/')[3] ?? '')
    const items = indexes[name]
    if (items === undefined)
      return { status: 404, body: { error: { code: 'index_not_found', message: name } } }
    const {
      vector,
      k,
      filter = {},
    } = body as { vector: number[]; k: number; filter?: Record<string, unknown> }
    const results = items
      .filter(({ metadata = {} }) => Object.entries(filter).every(([key, value]) => metadata[key] === value))
      .map(({ id, text, metadata = {} }) => ({
        id,
        score: computeCosine(vector, embedWords(text)),
        metadata: { ...metadata, text },
      }))
      .sort((a, b) => b.score - a.score)
      .slice(0, k)
      .map((match) => ({ ...match, distance: 1 - match.score }))
    return { status: 200, body: { index: name, metric: 'cosine', results } }
  })
}
