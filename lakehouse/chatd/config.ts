/** The section `[chatd]`, and the providers it asks for. */
import { z } from 'zod'
import { bindSchema } from '../kit/config.ts'
import { providerTimeoutSchema, providerUrlSchema, readApiKey } from '../kit/provider-config.ts'
import { createLocalProvider } from './local-provider.ts'
import type { Provider } from './provider.ts'
import { createOllamaProvider, createOpenaiProvider } from './remote-provider.ts'

const remote = {
  base_url: providerUrlSchema,
  api_key_env: z.string().min(1).optional(),
  timeout: providerTimeoutSchema,
}
const providerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local') }),
  z.strictObject({ kind: z.literal('openai'), ...remote }),
  z.strictObject({ kind: z.literal('ollama'), ...remote }),
])

/** A provider's name is what stands before the slash in `model`. */
const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'a provider is named with letters, digits, _ . -')

export const configSchema = z.strictObject({
  bind: bindSchema,
  providers: z
    .record(nameSchema, providerSchema)
    .refine((providers) => Object.keys(providers).length > 0, 'names no provider')
    .default({ local: { kind: 'local' } }),
})
export type ChatdConfig = z.infer<typeof configSchema>

/** Throws an `Error` with one line when the environment lacks a key that the configuration names. */
export function createProviders(
  config: ChatdConfig,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, Provider> {
  const create = (name: string, own: z.infer<typeof providerSchema>): Provider => {
    if (own.kind === 'local') return createLocalProvider()
    const { base_url: baseUrl, timeout: timeoutMs, api_key_env: variable } = own
    const where = `chatd.providers.${name}.api_key_env`
    const key = variable === undefined ? {} : { apiKey: readApiKey(env, variable, where) }
    const options = { name, baseUrl, timeoutMs, ...key }
    return own.kind === 'openai' ? createOpenaiProvider(options) : createOllamaProvider(options)
  }
  return new Map(Object.entries(config.providers).map(([name, own]) => [name, create(name, own)]))
}
