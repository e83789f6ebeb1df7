/** Providers that ask a server: any OpenAI-compatible one, or Ollama. Their answers are not taken on trust. */
import { z } from 'zod'
import { badGateway } from '../kit/errors.ts'
import type { Provider } from './provider.ts'
import { askRemote, type RemoteOptions } from './remote.ts'

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

function invalid(name: string, reason: string) {
  return badGateway(name, `${name} gave an answer that cannot be used: ${reason}`, {
    code: 'upstream_invalid',
  })
}

function check<T>(name: string, schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalid(name, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
}

/** Builds a provider; `read` takes the vectors out of the checked answer, in the order of the texts. */
function makeProvider(
  name: 'openai' | 'ollama',
  path: string,
  options: RemoteProviderOptions,
  read: (answer: unknown, count: number) => readonly (readonly number[])[],
): Provider {
  const { model, timeoutMs, apiKey } = options
  const remote: RemoteOptions = {
    name,
    url: options.baseUrl.replace(/\/+$/, '') + path,
    timeoutMs,
    ...(apiKey === undefined ? {} : { apiKey }),
  }
  // A model has one dimension; the first answer tells it.
  let dimension: number | undefined
  return {
    name,
    model,
    async embed(texts, signal) {
      const vectors = read(await askRemote(remote, { model, input: texts }, signal), texts.length)
      if (vectors.length !== texts.length) {
        throw invalid(name, `${vectors.length} vectors for ${texts.length} texts`)
      }
      const expected = dimension ?? vectors[0]?.length
      const odd = vectors.find((vector) => vector.length !== expected)
      if (odd !== undefined) throw invalid(name, `a vector of ${odd.length} dimensions, expected ${expected}`)
      dimension = expected
      return vectors
    },
  }
}

/** `POST {base_url}/embeddings`, as OpenAI defines it. */
export function createOpenaiProvider(options: RemoteProviderOptions): Provider {
  return makeProvider('openai', '/embeddings', options, (answer, count) => {
    const { data } = check('openai', openaiSchema, answer)
    if (data.length !== count) throw invalid('openai', `${data.length} vectors for ${count} texts`)
    // The order of `data` is the server's choice; `index` tells which text a vector belongs to.
    const ordered = data.toSorted((a, b) => a.index - b.index)
    if (ordered.some(({ index }, n) => index !== n)) throw invalid('openai', 'its indexes are not 0 to n-1')
    return ordered.map(({ embedding }) => embedding)
  })
}

/** `POST {base_url}/api/embed`, as Ollama defines it. */
export function createOllamaProvider(options: RemoteProviderOptions): Provider {
  return makeProvider(
    'ollama',
    '/api/embed',
    options,
    (answer) => check('ollama', ollamaSchema, answer).embeddings,
  )
}
