/** The section `[embedd]`, and the provider it asks for. */
import { z } from 'zod'
import { bindSchema } from '../kit/config.ts'
import { providerTimeoutSchema, providerUrlSchema, readApiKey } from '../kit/provider-config.ts'
import { createHashProvider, HASH_MODEL } from './hash-provider.ts'
import type { Provider } from './provider.ts'
import { createOllamaProvider, createOpenaiProvider } from './remote-provider.ts'

export const configSchema = z
  .strictObject({
    bind: bindSchema,
    provider: z.enum(['hash', 'openai', 'ollama']).default('hash'),
    model: z.string().min(1).optional(),
    timeout: providerTimeoutSchema,
    cache_entries: z.int().min(0).max(1_000_000).default(10_000),
    openai: z
      .strictObject({ base_url: providerUrlSchema, api_key_env: z.string().min(1).optional() })
      .optional(),
    ollama: z.strictObject({ base_url: providerUrlSchema }).optional(),
  })
  .superRefine(({ provider, model, ...sections }, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message })
    if (provider === 'hash') {
      if (model !== undefined && model !== HASH_MODEL)
        refuse('model', `the hash provider has only "${HASH_MODEL}"`)
      return
    }
    if (model === undefined) refuse('model', `missing; the ${provider} provider needs it`)
    if (sections[provider] === undefined)
      refuse(provider, `missing; the ${provider} provider needs its base_url`)
  })
export type EmbeddConfig = z.infer<typeof configSchema>

/** Throws an `Error` with one line when the environment lacks the key that the configuration names. */
export function createProvider(
  config: EmbeddConfig,
  env: Readonly<Record<string, string | undefined>>,
): Provider {
  const { provider, model = HASH_MODEL, timeout: timeoutMs, openai, ollama } = config
  if (provider === 'openai' && openai !== undefined) {
    const { base_url: baseUrl, api_key_env: variable } = openai
    if (variable === undefined) return createOpenaiProvider({ baseUrl, model, timeoutMs })
    const apiKey = readApiKey(env, variable, 'embedd.openai.api_key_env')
    return createOpenaiProvider({ baseUrl, model, timeoutMs, apiKey })
  }
  if (provider === 'ollama' && ollama !== undefined) {
    return createOllamaProvider({ baseUrl: ollama.base_url, model, timeoutMs })
  }
  return createHashProvider()
}
