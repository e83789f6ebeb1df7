/** Providers that ask a server: any OpenAI-compatible one, or Ollama. Their answers are not taken on trust. */
import { z } from 'zod'
import { askProvider, checkAnswer, type ProviderEndpoint, unusableAnswer } from '../kit/provider-http.ts'
import type { Provider } from './provider.ts'

export interface RemoteProviderOptions {
  readonly baseUrl: string
  readonly model: string
  readonly timeoutMs: number
  readonly apiKey?: string
}

const numbersSchema = z.array(z.number()).min(1)
const openaiSchema = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: numbersSchema })),
})
const ollamaSchema = z.object({ embeddings: z.array(numbersSchema) })

/** 2,048 vectors of 4,096 dimensions, written out in full, fit. */
const MAX_ANSWER_BYTES = 256 * 2 ** 20

/** Builds a provider; `read` takes the vectors out of the checked answer, in the order of the texts. */
function makeProvider(
  name: 'openai' | 'ollama',
  path: string,
  options: RemoteProviderOptions,
  read: (answer: unknown, count: number) => readonly (readonly number[])[],
): Provider {
  const { model, timeoutMs, apiKey } = options
  const remote: ProviderEndpoint = {
    name,
    url: options.baseUrl.replace(/\/+$/, '') + path,
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(apiKey === undefined ? {} : { apiKey }),
  }
  // A model has one dimension; the first answer tells it.
  let dimension: number | undefined
  return {
    name,
    model,
    async embed(texts, signal) {
      const vectors = read(await askProvider(remote, { model, input: texts }, signal), texts.length)
      if (vectors.length !== texts.length) {
        throw unusableAnswer(name, `${vectors.length} vectors for ${texts.length} texts`)
      }
      const expected = dimension ?? vectors[0]?.length
      const odd = vectors.find((vector) => vector.length !== expected)
      if (odd !== undefined)
        throw unusableAnswer(name, `a vector of ${odd.length} dimensions, expected ${expected}`)
      dimension = expected
      return vectors
    },
  }
}

/** `POST {base_url}/embeddings`, as OpenAI defines it. */
export function createOpenaiProvider(options: RemoteProviderOptions): Provider {
  return makeProvider('openai', '/embeddings', options, (answer, count) => {
    const { data } = checkAnswer('openai', openaiSchema, answer)
    if (data.length !== count) throw unusableAnswer('openai', `${data.length} vectors for ${count} texts`)
    // The order of `data` is the server's choice; `index` tells which text a vector belongs to.
    const ordered = data.toSorted((a, b) => a.index - b.index)
    if (ordered.some(({ index }, n) => index !== n))
      throw unusableAnswer('openai', 'its indexes are not 0 to n-1')
    return ordered.map(({ embedding }) => embedding)
  })
}

/** `POST {base_url}/api/embed`, as Ollama defines it. */
export function createOllamaProvider(options: RemoteProviderOptions): Provider {
  return makeProvider(
    'ollama',
    '/api/embed',
    options,
    (answer) => checkAnswer('ollama', ollamaSchema, answer).embeddings,
  )
}
