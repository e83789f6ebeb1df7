/** Providers that ask a server: any OpenAI-compatible one, or Ollama. Their answers are not taken on trust. */
import { z } from 'zod'
import {
  askProvider,
  checkAnswer,
  type ProviderEndpoint,
  removeKey,
  unusableAnswer,
} from '../kit/provider-http.ts'
import type { Completion, Conversation, Provider } from './provider.ts'

export interface RemoteProviderOptions {
  /** The name in the configuration; errors give it as the upstream. */
  readonly name: string
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly apiKey?: string
}

const MAX_ANSWER_BYTES = 16 * 2 ** 20

const countSchema = z.int().nonnegative()
const openaiSchema = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() }))
    .min(1),
  usage: z
    .object({ prompt_tokens: countSchema.nullish(), completion_tokens: countSchema.nullish() })
    .nullish(),
})
const ollamaSchema = z.object({
  message: z.object({ content: z.string() }),
  done: z.literal(true, 'the answer is not done'),
  done_reason: z.string().nullish(),
  prompt_eval_count: countSchema.nullish(),
  eval_count: countSchema.nullish(),
})

/** A word such as `stop` or `length`; anything stranger is `unknown`. */
function readReason(reason: string | null | undefined): string {
  return reason != null && /^[a-z][a-z_-]{0,31}$/i.test(reason) ? reason : 'unknown'
}

function makeProvider(
  options: RemoteProviderOptions,
  path: string,
  write: (conversation: Conversation) => unknown,
  read: (answer: unknown) => Completion,
): Provider {
  const { name, timeoutMs, apiKey } = options
  const endpoint: ProviderEndpoint = {
    name,
    url: options.baseUrl.replace(/\/+$/, '') + path,
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(apiKey === undefined ? {} : { apiKey }),
  }
  return {
    async complete(conversation, signal) {
      const completion = read(await askProvider(endpoint, write(conversation), signal))
      const { content, finishReason } = completion
      return {
        ...completion,
        content: removeKey(content, apiKey),
        finishReason: apiKey !== undefined && finishReason.includes(apiKey) ? 'unknown' : finishReason,
      }
    },
  }
}

/** `POST {base_url}/chat/completions`, as OpenAI defines it. */
export function createOpenaiProvider(options: RemoteProviderOptions): Provider {
  return makeProvider(
    options,
    '/chat/completions',
    ({ model, messages, maxTokens, temperature }) => ({
      model,
      messages,
      stream: false,
      max_tokens: maxTokens,
      temperature,
    }),
    (answer) => {
      const { choices, usage } = checkAnswer(options.name, openaiSchema, answer)
      const [choice] = choices
      if (choice === undefined) throw unusableAnswer(options.name, 'no choices')
      return {
        content: choice.message.content,
        inputTokens: usage?.prompt_tokens ?? undefined,
        outputTokens: usage?.completion_tokens ?? undefined,
        finishReason: readReason(choice.finish_reason),
      }
    },
  )
}

/** `POST {base_url}/api/chat`, as Ollama defines it. */
export function createOllamaProvider(options: RemoteProviderOptions): Provider {
  return makeProvider(
    options,
    '/api/chat',
    ({ model, messages, maxTokens, temperature }) => ({
      model,
      messages,
      stream: false,
      options: { num_predict: maxTokens, temperature },
    }),
    (answer) => {
      const checked = checkAnswer(options.name, ollamaSchema, answer)
      return {
        content: checked.message.content,
        inputTokens: checked.prompt_eval_count ?? undefined,
        outputTokens: checked.eval_count ?? undefined,
        finishReason: readReason(checked.done_reason),
      }
    },
  )
}
