/** What matrixd asks of embedd and vectord. */
import { badGateway, unprocessable } from '../kit/errors.ts'
import type { Upstream } from '../kit/upstream.ts'
import type { CorpusMatch } from './merge.ts'
import type { QueryEmbedding } from './playbook.ts'

export type Filter = Readonly<Record<string, string | number | boolean | null>>

export interface CallOptions {
  readonly requestId: string
  readonly signal: AbortSignal
}

interface EmbedAnswer {
  readonly model: string
  readonly vectors: readonly (readonly number[])[]
}

/** One vector a text, in order. */
export async function embedTexts(
  embedd: Upstream,
  texts: readonly string[],
  options: CallOptions,
): Promise<readonly QueryEmbedding[]> {
  const { body } = await embedd.json<EmbedAnswer | undefined>('POST', '/v1/embed', {
    ...options,
    body: { texts },
  })
  const vectors = body?.vectors
  if (body === undefined || !Array.isArray(vectors) || vectors.length !== texts.length) {
    throw badGateway('embedd', 'embedd did not answer one vector a text', { code: 'upstream_error' })
  }
  return vectors.map((vector) => ({ model: body.model, vector }))
}

export interface CorpusQuery {
  readonly corpus: string
  readonly vector: readonly number[]
  readonly k: number
  readonly filter?: Filter | undefined
}

/** Nearest first; undefined when vectord has no such index. 422 `dimension_mismatch` names the corpus. */
export async function searchCorpus(
  vectord: Upstream,
  { corpus, vector, k, filter }: CorpusQuery,
  options: CallOptions,
): Promise<readonly CorpusMatch[] | undefined> {
  const path = `/v1/indexes/${encodeURIComponent(corpus)}/search`
  const answer = await vectord.json<{ results?: CorpusMatch[]; error?: { code: string; message: string } }>(
    'POST',
    path,
    {
      ...options,
      body: { vector, k, ...(filter === undefined ? {} : { filter }) },
      accept: [400, 404],
    },
  )
  const { status, body } = answer
  if (status === 404 && body.error?.code === 'index_not_found') return undefined
  if (status === 400 && body.error?.code === 'wrong_dimension') {
    throw unprocessable(
      `the corpus "${corpus}" does not take the embedding of the query: ${body.error.message}`,
      {
        code: 'dimension_mismatch',
        details: { corpus, dimension: vector.length },
      },
    )
  }
  if (status !== 200 || !Array.isArray(body?.results)) {
    throw badGateway('vectord', `vectord answered ${status} to a search of "${corpus}"`, {
      code: 'upstream_error',
      details: { upstream_status: status, upstream_error: body?.error ?? null, corpus },
    })
  }
  return body.results
}
